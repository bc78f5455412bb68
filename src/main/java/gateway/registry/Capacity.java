package gateway.registry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The most services that the list may hold. Used under the list's lock. */
final class Capacity {
    private static final Logger LOG = LoggerFactory.getLogger(Capacity.class);

    private final int most;
    private boolean someLeftOut;

    /** @param most at least 1 */
    Capacity(int most) {
        this.most = most;
    }

    /** Returns whether there is room for one more beside this many services. */
    boolean hasRoomBeside(int services) {
        return services < most;
    }

    /** Notes how many services of a shared list found no room; logs it if the last list fitted. */
    void leftOut(int services) {
        if (services > 0 && !someLeftOut) {
            LOG.warn("left out {} services of the shared list: GATEWAY_MAX_SERVICES is {}", services, most);
        }
        someLeftOut = services > 0;
    }

    /** Returns the error for a service that would be one too many. */
    ListFull listFull() {
        return new ListFull(most);
    }
}
