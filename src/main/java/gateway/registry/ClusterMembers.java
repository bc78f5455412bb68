package gateway.registry;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * This gateway and those that share a limit and a list of services with it, as last seen; this gateway alone if nothing
 * is shared. The cluster's threads write it, any thread may read it without a lock.
 */
public final class ClusterMembers {
    /**
     * One gateway.
     *
     * @param id a random id, made when the gateway started
     * @param address the host and port at which it listens, as far as it knows
     * @param since when the gateway started
     * @param version the gateway's version
     */
    public record Gateway(String id, String address, Instant since, String version) {}

    /**
     * Whether the gateways share their state.
     *
     * @param now whether there is a Redis, and it answers
     * @param since since when that is so; at first, since this gateway started
     */
    public record Sharing(boolean now, Instant since) {}

    private volatile Gateway self;
    private volatile List<Gateway> all;
    private volatile Sharing sharing;

    /** @param self this gateway; its address may be empty before it listens */
    public ClusterMembers(Gateway self) {
        this.self = self;
        this.all = List.of(self);
        this.sharing = new Sharing(false, self.since());
    }

    /** Returns a cluster of this gateway alone, which starts now. */
    public static ClusterMembers startingAt(Instant now, String version) {
        String id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        return new ClusterMembers(new Gateway(id, "", now, version));
    }

    /** Sets the address at which this gateway listens. */
    public synchronized void listensAt(String address) {
        self = new Gateway(self.id(), address, self.since(), self.version());
        seen(all);
    }

    /** Replaces the members by these gateways and this one. */
    public synchronized void seen(List<Gateway> gateways) {
        all = Stream.concat(
                        Stream.of(self),
                        gateways.stream().filter(gateway -> !gateway.id().equals(self.id())))
                .sorted(Comparator.comparing(Gateway::id))
                .toList();
    }

    /**
     * Sets whether the gateways share their state at present; returns whether that changed.
     *
     * @param at the time now
     */
    public synchronized boolean shared(boolean now, Instant at) {
        boolean flipped = sharing.now() != now;
        if (flipped) {
            sharing = new Sharing(now, at);
        }
        return flipped;
    }

    /** Returns whether the gateways share their state at present: there is a Redis, and it answers. */
    public boolean shared() {
        return sharing.now();
    }

    /** Returns the same, and since when that is so. */
    public Sharing sharing() {
        return sharing;
    }

    /** Returns this gateway. */
    public Gateway self() {
        return self;
    }

    /** Returns all gateways that were seen last, by id; always contains this one. */
    public List<Gateway> all() {
        return all;
    }

    /** Returns how many gateways there are, at least 1. */
    public int count() {
        return all.size();
    }
}
