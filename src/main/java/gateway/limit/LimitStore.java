package gateway.limit;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit.Sharing;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Where the requests of all limits are counted. */
public interface LimitStore extends AutoCloseable {
    /** This gateway's memory alone. */
    LimitStore MEMORY = (route, memory) -> memory;

    /**
     * Returns the limits of a route in this store.
     *
     * @param memory the same limits in this gateway's memory
     */
    RateLimit limit(String route, MemoryLimit memory);

    /**
     * Starts background work, if there is any. To be called before the first request.
     *
     * @throws gateway.settings.InvalidSettings if a store is required but can't be reached
     */
    default void start() {}

    /** Sets what is called with the route and the client that another gateway has forgotten. */
    default void onForgotten(BiConsumer<String, ClientAddress> action) {}

    /** Returns the state of the store; empty if it is this gateway's memory, or if no route has had a limit yet. */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
