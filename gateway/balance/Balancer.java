package gateway.balance;

import gateway.registry.Backend;
import java.util.List;

/** Chooses a backend for a request. Strategies are tiny and know nothing of health: they see the available ones only. */
public interface Balancer {
    /**
     * One of these.
     *
     * @param available at least one
     */
    Backend choose(List<Backend> available);

    /** The strategy's name as people know it. */
    String name();
}
