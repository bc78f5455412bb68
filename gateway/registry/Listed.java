package gateway.registry;

import java.time.Duration;

/**
 * A service as all gateways share it.
 *
 * @param draining whether it is out of turn
 * @param left how long its lease still runs; means nothing if it has none
 */
public record Listed(Service service, boolean draining, Duration left) {}
