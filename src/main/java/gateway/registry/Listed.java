package gateway.registry;

import java.time.Duration;
import java.util.List;

/**
 * A service as all gateways share it.
 *
 * @param draining whether it is out of turn
 * @param left how long its lease still runs; means nothing if it has none
 */
public record Listed(Service service, boolean draining, Duration left) {

    /** What came, and what left, when a list of these was taken over. */
    public record Taken(List<Backend> came, List<Backend> left) {}
}
