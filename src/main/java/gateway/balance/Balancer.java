package gateway.balance;

import gateway.registry.Backend;
import java.util.List;
import java.util.Optional;

/**
 * A strategy that chooses a backend for each request. It knows nothing of health: it is given the available backends
 * only.
 */
public interface Balancer {
    /**
     * Chooses one of these backends.
     *
     * @param available at least one
     */
    Backend choose(List<Backend> available);

    /**
     * Returns the backend that {@link #choose} would choose now, for display; empty if the strategy can't tell.
     *
     * @param available at least one
     */
    default Optional<Backend> next(List<Backend> available) {
        return Optional.empty();
    }

    /** Returns the strategy's name for people. */
    String name();
}
