package gateway.balance;

import gateway.registry.Backend;
import java.util.ArrayList;
import java.util.List;

/** Selects the backend for a request and passes over those that are full. */
public final class Selection {
    private final Balancer balancer;

    public Selection(Balancer balancer) {
        this.balancer = balancer;
    }

    /**
     * Chooses a backend and counts the request as begun there; returns null if all are full.
     *
     * @param available at least one
     */
    public Backend start(List<Backend> available) {
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
