package gateway.cluster;

import gateway.registry.ClusterMembers;
import gateway.registry.ClusterMembers.Gateway;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which gateways are members, by what Redis says. After a loss of its data the others return one by one; until they had
 * time for that, those seen before count too. Used by one thread at a time.
 */
final class SeenMembers {
    private final ClusterMembers gateways;
    private final Duration lease;
    private final Time time;
    private long rememberUntil;

    /** @param lease after this time without a sync a gateway counts as gone */
    SeenMembers(ClusterMembers gateways, Duration lease, Time time) {
        this.gateways = gateways;
        this.lease = lease;
        this.time = time;
        this.rememberUntil = time.nanos();
    }

    /**
     * Updates the members.
     *
     * @param now those that Redis names
     * @param lost whether Redis has just lost its data
     */
    void update(List<Gateway> now, boolean lost) {
        if (lost) {
            rememberUntil = time.nanos() + lease.toNanos();
        }
        List<Gateway> seen = new ArrayList<>(now);
        if (time.nanos() - rememberUntil < 0) {
            gateways.all().stream()
                    .filter(before ->
                            now.stream().noneMatch(gateway -> gateway.id().equals(before.id())))
                    .forEach(seen::add);
        }
        gateways.seen(seen);
    }
}
