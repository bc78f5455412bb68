package gateway.registry;

import gateway.net.ServiceUrl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A service in the list that gateways share.
 *
 * @param draining whether and how the service is draining
 * @param left how long its lease still runs; meaningless if it has none
 * @param movingTo the URL to which the instance has moved: this one serves only until that has its first good check
 */
public record Listed(Service service, Draining draining, Duration left, Optional<ServiceUrl> movingTo) {
    /** Makes a service that drains, if it does, without moving its sessions. */
    public Listed(Service service, boolean draining, Duration left, Optional<ServiceUrl> movingTo) {
        this(service, Draining.of(draining), left, movingTo);
    }

    /** The backends that were added and removed when a shared list was applied. */
    public record Taken(List<Backend> came, List<Backend> left) {}
}
