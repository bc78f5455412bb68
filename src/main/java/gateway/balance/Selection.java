package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** Selects the backend for a request and passes over those that are full. */
public final class Selection {
    private final Balancer balancer;

    public Selection(Balancer balancer) {
        this.balancer = balancer;
    }

    /** Returns the strategy that it asks. */
    public Balancer balancer() {
        return balancer;
    }

    /**
     * Chooses a backend for a request's first attempt and counts the request as begun there; returns null if all are
     * full or none is available.
     */
    public Backend start(Snapshot pool, RequestView request) {
        Backend own = balancer.belongsTo(pool, request);
        if (own != null && own.tryStart()) {
            return own;
        }
        return pool.available().isEmpty() ? null : start(pool.available(), request);
    }

    /**
     * Chooses a backend and counts the request as begun there; returns null if all are full.
     *
     * @param available at least one
     */
    public Backend start(List<Backend> available, RequestView request) {
        Backend chosen = balancer.choose(available, request);
        if (chosen.tryStart()) {
            return chosen;
        }
        List<Backend> left = new ArrayList<>(available);
        while (left.remove(chosen) && !left.isEmpty()) {
            chosen = balancer.choose(left, request);
            if (chosen.tryStart()) {
                return chosen;
            }
        }
        return null;
    }
}
