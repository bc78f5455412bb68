package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

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
    Backend choose(List<Backend> available, RequestView request);

    /**
     * Returns the backend to which the client's requests belong, even if it is draining and so not among the available
     * ones; null if there is none, or none that can be used.
     *
     * @param pool all backends of the route
     */
    default Backend belongsTo(Snapshot pool, RequestView request) {
        return null;
    }

    /**
     * Adds what the client needs to know of the choice to its answer.
     *
     * @param backend the backend that answers
     * @param answer takes a header's name and value
     */
    default void answers(Backend backend, RequestView request, BiConsumer<String, String> answer) {}

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
