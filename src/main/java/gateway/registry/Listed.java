package gateway.registry;

import java.time.Duration;
import java.util.List;

/**
 * A service in the list that gateways share.
 *
 * @param draining whether the service is draining
 * @param left how long its lease still runs; meaningless if it has none
 */
public record Listed(Service service, boolean draining, Duration left) {

    /** The backends that were added and removed when a shared list was applied. */
    public record Taken(List<Backend> came, List<Backend> left) {}
}
