package gateway.registry;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Who;
import gateway.util.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The list of services: of each name one instance or several, all of which serve.
 *
 * <p>Each change takes the one lock and publishes an immutable snapshot: all backends, and the available ones. Requests
 * read the snapshot without a lock, so choosing among 300 backends costs as much as among 3.
 */
public final class ServiceList {
    private final Time time;
    private final Totals totals = new Totals();
    private final Backends backends = new Backends();
    private final Moves moves;
    private final Arrivals arrivals;
    private final Takeover takeover;
    private final Configured configured;
    private final Pools pools;
    private final HealthChanges health;
    private final Departures departures;
    private final ServiceEvents events = new ServiceEvents();
    private Journal journal = Journal.NONE;

    /** Makes a list without bounds on services and their requests. */
    public ServiceList(Time time) {
        this(time, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * @param time the clock for leases and for "since"
     * @param most how many instances the list may hold
     * @param mostInFlight how many requests a backend may have at once before it is full
     */
    public ServiceList(Time time, int most, int mostInFlight) {
        this.time = time;
        Capacity capacity = new Capacity(most);
        this.pools = new Pools(backends, time, this);
        this.moves = new Moves(backends, events, time);
        this.arrivals = new Arrivals(backends, moves, capacity, totals, mostInFlight, time);
        this.configured = new Configured(backends, arrivals::add, time);
        this.health = new HealthChanges(backends, pools, moves, events, time);
        this.takeover = new Takeover(backends, moves, events, arrivals::add, capacity, time);
        this.departures = new Departures(backends, pools, events, time);
    }

    /** Sets the journal that receives the changes from now on. */
    public synchronized void journal(Journal journal) {
        this.journal = journal;
    }

    /** Sets the listener that is told what happens from now on. */
    public synchronized void tell(EventListener listener) {
        events.tell(listener);
    }

    /**
     * Runs steps that put back what a restart must not lose: their events say so. Nobody else changes the list then.
     */
    public synchronized void restore(Runnable steps) {
        events.restoring(true);
        try {
            steps.run();
        } finally {
            events.restoring(false);
        }
    }

    /** Returns the list as it is now. */
    public Snapshot snapshot() {
        return pools.whole();
    }

    /** Returns the services of a route, which may be none; always the same object for the same route. */
    public Pool pool(String route) {
        return pools.of(route);
    }

    /** Forgets the pool of a route that is no more. */
    public synchronized void forgetPool(String route) {
        pools.forget(route);
    }

    /** Returns all backends, by name and URL; a snapshot. */
    public List<Backend> all() {
        return snapshot().all();
    }

    /** Returns the backends that may be chosen, by name and URL; a snapshot. */
    public List<Backend> available() {
        return snapshot().available();
    }

    /** Returns the totals of all backends, including those that have left. */
    public Totals totals() {
        return totals;
    }

    /** Returns the instances that are meant, by name and URL; a snapshot. */
    public List<Backend> instances(Meant meant) {
        return all().stream().filter(meant).toList();
    }

    /** Returns whether this very backend is (still) in the list. */
    public synchronized boolean contains(Backend backend) {
        return backends.has(backend);
    }

    /**
     * Adds, renews or moves an instance of a service. A service that registers with the URL of one from the settings
     * replaces that one: it is the same service, now with a name of its own. What a registration leaves out stays as it
     * was: at this URL or, of an instance that moves, at the URL of before. So does its drain.
     *
     * @param who who asks for it
     * @throws ListFull if the list holds as many instances as it may
     */
    public synchronized Registered register(Service service, Who who) {
        Backend known = backends.get(service.id());
        int weightBefore = known == null ? 0 : known.weight();
        Registered registered = arrivals.register(service);
        Backend backend = registered.backend();
        if (registered.outcome() != Registered.Outcome.RENEWED
                || registered.twin().isPresent()
                || backend.weight() != weightBefore) {
            pools.publish(service.route());
        }
        registered.twin().ifPresent(twin -> journal.removed(twin.id()));
        journal.registered(service, backend, registered.outcome());
        if (backend != known && backend.draining()) {
            journal.drained(backend.id(), backend.drain());
        }
        events.registered(registered, backends.of(service.id().name()), who);
        return registered;
    }

    /** Adds a service unless its name or its URL is in the list of its route already. */
    public synchronized void offer(Service service) {
        if (arrivals.offer(service)) {
            pools.publish(service.route());
            journal.offered(service);
        }
    }

    /**
     * Adds the services that routes' configurations list, unless their name or URL is in the list of their route already,
     * and sets the weights of those that came in this way before. However many there are, each route's services change in
     * one step.
     *
     * @return those that are new
     */
    public synchronized List<Backend> configure(Collection<Service> listed) {
        Configured.Change change = configured.take(listed);
        change.routes().forEach(pools::publish);
        return change.added();
    }

    /** Removes those of the {@link Backend#configured} services that match. Their requests under way finish. */
    public synchronized void removeConfigured(Predicate<Backend> which) {
        departures.unlisted(which);
    }

    /**
     * Removes instances of a service and returns them. Their requests under way finish.
     *
     * @param who who asks for it
     */
    public synchronized List<Backend> remove(Meant meant, Who who) {
        return departures.deregistered(meant, journal, who);
    }

    /** Starts all leases again. */
    public synchronized void renewAll() {
        backends.all().forEach(backend -> backend.lease().renew(backend.lease().length(), time.nanos()));
    }

    /** Removes the services whose lease has ended and returns them. */
    public synchronized List<Backend> removeExpired() {
        return departures.expired();
    }

    /** Makes a backend healthy; returns whether it wasn't before. */
    public synchronized boolean admit(Backend backend, String reason) {
        return health.admit(backend, reason);
    }

    /**
     * Makes a healthy backend unhealthy and returns true; returns false if it isn't healthy, so that a new one keeps
     * waiting for its first good check.
     *
     * @param evenIfLast whether to eject the backend even if it is the last available one
     * @param kind {@link EventKind#UNHEALTHY} if checks found it, {@link EventKind#EJECTED} if requests did
     */
    public synchronized boolean eject(Backend backend, String reason, boolean evenIfLast, EventKind kind) {
        return health.eject(backend, reason, evenIfLast, kind);
    }

    /**
     * Marks a backend as one that answers far more errors than the others, or takes the mark away. Returns false and does
     * nothing if it has left the list.
     */
    synchronized boolean mark(Backend backend, boolean farMoreErrors, String reason) {
        return health.mark(backend, farMoreErrors, reason);
    }

    /**
     * Begins or ends draining instances of a service, and returns them. A draining one gets no new requests but, unless
     * they are to move, those of the clients that a cookie binds to it; those under way finish, and it stays in the list
     * whatever its health.
     *
     * @param who who asks for it
     */
    public synchronized List<Backend> drain(Meant which, Draining draining, Who who) {
        List<Backend> meant = instances(which);
        for (Backend backend : meant) {
            Draining before = backend.drain();
            backend.draining(draining, time.now());
            journal.drained(backend.id(), draining);
            events.drained(backend, before, who);
        }
        pools.publish();
        return meant;
    }

    /**
     * Applies the list that all gateways share, as far as there is room. A backend whose URL is unchanged keeps its
     * health and counts; a new one waits for its first good check.
     *
     * @param newerHere selects the backends whose state here is newer than the shared one; these stay unchanged
     * @return the backends added and removed
     */
    public synchronized Listed.Taken apply(List<Listed> shared, Predicate<BackendId> newerHere) {
        Listed.Taken taken = takeover.services(shared, newerHere);
        pools.publish();
        return taken;
    }

    /**
     * Updates how long leases still run, since other gateways may have renewed them.
     *
     * @param left the time left of each lease
     * @param newerHere selects the backends whose state here is newer than the shared one
     */
    public synchronized void leases(Map<BackendId, Duration> left, Predicate<BackendId> newerHere) {
        takeover.leases(left, newerHere);
    }
}
