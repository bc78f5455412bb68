package gateway.registry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many services there may be. Used under the list's lock. */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private final int most;
    private boolean lacking;

    /** @param most at least 1 */
    Room(int most) {
        this.most = most;
    }

    /** Whether there is room for another beside so many. */
    boolean isBeside(int services) {
        return services < most;
    }

    /** So many of a shared list found no room; says so when that is new. */
    void lacked(int services) {
        if (services > 0 && !lacking) {
            LOG.warn("{} services of the shared list are left out: GATEWAY_MAX_SERVICES is {}", services, most);
        }
        lacking = services > 0;
    }

    /** What whoever registers one too many is told. */
    ListFull full() {
        return new ListFull(most);
    }
}
