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
     * Chooses one of the available backends of a route.
     *
     * @param pool has at least one available backend
     */
    default Backend choose(Snapshot pool, RequestView request) {
        return choose(pool.available(), request);
    }

    /**
     * Chooses one of the backends that are left after one that was chosen before couldn't take the request.
     *
     * @param left at least one
     */
    default Backend chooseAgain(List<Backend> left, RequestView request) {
        return choose(left, request);
    }

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
     * Returns whether the same client, or the same key, comes to the same backend each time. Then a failure that isn't
     * that backend's is no reason to go elsewhere.
     */
    default boolean binds() {
        return false;
    }

    /**
     * Adds what the client needs to know of the choice to its answer.
     *
     * @param backend the backend that answers
     * @param answer takes a header's name and value, beside those with the same name
     */
    default void answers(Backend backend, RequestView request, BiConsumer<String, String> answer) {}

    /** Returns the name of the cookie by which it knows clients again, and which backends don't get; null if none. */
    default String cookie() {
        return null;
    }

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
