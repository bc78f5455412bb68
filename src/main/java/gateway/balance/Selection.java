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

    /** Returns whether there is a backend for a request, full or not. */
    public boolean has(Snapshot pool, RequestView request) {
        return !pool.available().isEmpty() || balancer.belongsTo(pool, request) != null;
    }

    /**
     * Chooses a backend for a request's first attempt and counts the request as begun there; returns null if all are
     * full or none is available.
     */
    public Backend start(Snapshot pool, RequestView request) {
        Backend own = balancer.belongsTo(pool, request);
        if (own != null && own.load().tryStart()) {
            return own;
        }
        if (pool.available().isEmpty()) {
            return null;
        }
        Backend chosen = balancer.choose(pool, request);
        return chosen.load().tryStart() ? chosen : startOther(pool.available(), request);
    }

    /**
     * Chooses a backend for a further attempt and counts the request as begun there; returns null if all are full.
     *
     * @param left at least one
     */
    public Backend start(List<Backend> left, RequestView request) {
        Backend chosen = balancer.chooseAgain(left, request);
        return chosen.load().tryStart() ? chosen : startOther(left, request);
    }

    /** Leaves out those that are full before it asks again: among many, asking for each of them would take long. */
    private Backend startOther(List<Backend> backends, RequestView request) {
        List<Backend> left = new ArrayList<>(backends);
        left.removeIf(backend -> backend.load().isFull());
        while (!left.isEmpty()) {
            Backend chosen = balancer.chooseAgain(left, request);
            if (chosen.load().tryStart()) {
                return chosen;
            }
            left.remove(chosen);
        }
        return null;
    }
}
