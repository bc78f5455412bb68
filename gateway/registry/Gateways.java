package gateway.registry;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * This gateway and those that share a limit and a list of services with it, as last seen. Alone if nothing is shared.
 * Written by who talks with the others, read by anybody without a lock.
 */
public final class Gateways {
    /**
     * One gateway.
     *
     * @param id random, made when it started
     * @param address where it listens, as far as it knows: host and port
     * @param since when it started
     * @param version its release
     */
    public record Gateway(String id, String address, Instant since, String version) {}

    private volatile Gateway self;
    private volatile List<Gateway> all;

    public Gateways(Gateway self) {
        this.self = self;
        this.all = List.of(self);
    }

    /** A gateway that starts now. */
    public static Gateways startingAt(Instant now, String version) {
        String id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        return new Gateways(new Gateway(id, "", now, version));
    }

    /** This one. */
    public Gateway self() {
        return self;
    }

    /** All that were seen last, by id; this one is always among them. */
    public List<Gateway> all() {
        return all;
    }

    /** How many there are, at least 1. */
    public int count() {
        return all.size();
    }
}
