package gateway.proxy;

import gateway.balance.Balancer;
import gateway.registry.Backend;
import java.util.ArrayList;
import java.util.List;

/** Finds whose turn it is, passing over those that are full. */
final class Turn {
    private final Balancer balancer;

    Turn(Balancer balancer) {
        this.balancer = balancer;
    }

    /**
     * The backend, which has counted the request already; null if all are full.
     *
     * @param available at least one
     */
    Backend start(List<Backend> available) {
        Backend chosen = balancer.choose(available);
        if (chosen.tryStart()) {
            return chosen;
        }
        List<Backend> left = new ArrayList<>(available);
        while (left.remove(chosen) && !left.isEmpty()) {
            chosen = balancer.choose(left);
            if (chosen.tryStart()) {
                return chosen;
            }
        }
        return null;
    }
}
