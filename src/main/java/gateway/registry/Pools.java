package gateway.registry;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is published of a list: a snapshot of each route's services, which requests read without a lock, and one of the
 * whole list. All but {@link #known} and {@link #whole} is used under the list's lock.
 */
final class Pools {
    private final Backends backends;
    private final ConcurrentHashMap<String, Pool> pools = new ConcurrentHashMap<>();
    private volatile Snapshot whole;

    Pools(Backends backends) {
        this.backends = backends;
    }

    /** Returns the services of a route if it has a pool; else null. */
    Pool known(String route) {
        return pools.get(route);
    }

    /** Returns the services of a route, which may be none; always the same object for the same route. */
    Pool of(String route) {
        return pools.computeIfAbsent(route, name -> new Pool(name, backends.ofRoute(name)));
    }

    /** Forgets the pool of a route that is no more. */
    void forget(String route) {
        pools.remove(route);
    }

    /** Returns the services of a route as they are now, whether it has a pool or not. */
    Snapshot snapshot(String route) {
        Pool pool = pools.get(route);
        return pool == null ? Snapshot.of(backends.ofRoute(route)) : pool.snapshot();
    }

    /** Returns the last snapshot of the whole list; null if it is out of date. */
    Snapshot whole() {
        return whole;
    }

    /** Returns the whole list as it is now; made only when somebody looks, since with many routes it is long. */
    Snapshot makeWhole() {
        if (whole == null) {
            whole = Snapshot.of(backends.all());
        }
        return whole;
    }

    /** Publishes what has changed of one route. */
    void publish(String route, long now) {
        whole = null;
        List<Backend> ofRoute = backends.ofRoute(route);
        note(ofRoute, now);
        Pool pool = pools.get(route);
        if (pool != null) {
            pool.publish(ofRoute);
        }
    }

    /** Publishes what has changed of any route. */
    void publish(long now) {
        whole = null;
        note(backends.all(), now);
        pools.values().forEach(pool -> pool.publish(backends.ofRoute(pool.route())));
    }

    private static void note(Collection<Backend> changed, long now) {
        changed.forEach(backend -> backend.published(now));
    }
}
