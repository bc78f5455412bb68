package gateway.registry;

import java.util.List;

/** The services of one route: the part of the list from which one is chosen for a request. */
public final class Pool {
    private final String route;
    private volatile Snapshot snapshot;

    Pool(String route, List<Backend> backends) {
        this.route = route;
        publish(backends);
    }

    /** Returns the name of the route. */
    public String route() {
        return route;
    }

    /** Returns the services as they are now. A new object after each change, of a weight too. */
    public Snapshot snapshot() {
        return snapshot;
    }

    void publish(List<Backend> backends) {
        snapshot = Snapshot.of(backends);
    }
}
