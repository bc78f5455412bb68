package gateway.registry;

import gateway.util.Time;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is published of a list: a snapshot of each route's services, and one of the whole list. Requests read them without
 * a lock, unless one has to be made; all else is used under the list's lock.
 */
final class Pools {
    private final Backends backends;
    private final Time time;
    private final Object lock;
    private final ConcurrentHashMap<String, Pool> pools = new ConcurrentHashMap<>();
    private volatile Snapshot whole; // null if it is out of date

    /** @param lock the list's */
    Pools(Backends backends, Time time, Object lock) {
        this.backends = backends;
        this.time = time;
        this.lock = lock;
    }

    /** Returns the services of a route, which may be none; always the same object for the same route. */
    Pool of(String route) {
        Pool known = pools.get(route);
        return known != null ? known : make(route);
    }

    private Pool make(String route) {
        synchronized (lock) { // not while a snapshot is published
            return pools.computeIfAbsent(route, name -> new Pool(name, backends.ofRoute(name)));
        }
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

    /** Returns the whole list as it is now. */
    Snapshot whole() {
        Snapshot now = whole;
        return now != null ? now : makeWhole();
    }

    /** Made only when somebody looks, since with many routes it is long. */
    private Snapshot makeWhole() {
        synchronized (lock) {
            if (whole == null) {
                whole = Snapshot.of(backends.all());
            }
            return whole;
        }
    }

    /** Publishes what has changed of one route. */
    void publish(String route) {
        whole = null;
        List<Backend> ofRoute = backends.ofRoute(route);
        note(ofRoute);
        Pool pool = pools.get(route);
        if (pool != null) {
            pool.publish(ofRoute);
        }
    }

    /** Publishes what has changed of any route. */
    void publish() {
        whole = null;
        note(backends.all());
        pools.values().forEach(pool -> pool.publish(backends.ofRoute(pool.route())));
    }

    private void note(Collection<Backend> changed) {
        long now = time.nanos();
        changed.forEach(backend -> backend.published(now));
    }
}
