package gateway.registry;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * This gateway and those that share a limit and a list of services with it, as last seen. Alone if nothing is shared.
 * Written by who talks with the others, read by anybody without a lock.
 */
public final class ClusterMembers {
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
    private volatile boolean shared;

    /** @param self this one; its address may be empty before it listens */
    public ClusterMembers(Gateway self) {
        this.self = self;
        this.all = List.of(self);
    }

    /** A gateway that starts now. */
    public static ClusterMembers startingAt(Instant now, String version) {
        String id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        return new ClusterMembers(new Gateway(id, "", now, version));
    }

    /** This one has begun to listen. */
    public synchronized void listensAt(String address) {
        self = new Gateway(self.id(), address, self.since(), self.version());
        seen(all);
    }

    /** These, and this one, are those there are now. */
    public synchronized void seen(List<Gateway> gateways) {
        all = Stream.concat(
                        Stream.of(self),
                        gateways.stream().filter(gateway -> !gateway.id().equals(self.id())))
                .sorted(Comparator.comparing(Gateway::id))
                .toList();
    }

    /** Whether they share at this time what they know; returns whether that is new. */
    public synchronized boolean shared(boolean now) {
        boolean flipped = shared != now;
        shared = now;
        return flipped;
    }

    /** Whether they share at this time what they know: there is a Redis, and it answers. */
    public boolean shared() {
        return shared;
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
