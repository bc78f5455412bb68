package gateway.balance;

import gateway.registry.Backend;
import java.util.List;
import java.util.Optional;

/** Chooses a backend for a request. Strategies are tiny and know nothing of health: they see the available ones only. */
public interface Balancer {
    /**
     * One of these.
     *
     * @param available at least one
     */
    Backend choose(List<Backend> available);

    /**
     * Whom {@link #choose} would take now, for people to see; empty if that can't be said.
     *
     * @param available at least one
     */
    default Optional<Backend> next(List<Backend> available) {
        return Optional.empty();
    }

    /** The strategy's name as people know it. */
    String name();
}
