package gateway.registry;

import gateway.net.ServiceUrl;
import gateway.registry.Backend.State;
import gateway.registry.Backend.Status;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The list of services, ordered by name, so that round robin keeps its order when a service leaves and comes back.
 *
 * <p>Each change takes the one lock and publishes an immutable snapshot: all backends, and the available ones. Requests
 * read the snapshot without a lock, so choosing among 300 backends costs as much as among 3.
 */
public final class ServiceList {
    /** The effect of a registration. */
    public enum Outcome {
        /** The name is new. */
        ADDED,
        /** The name and URL are known: the lease starts again. */
        RENEWED,
        /** The name is known with another URL: a new backend replaces the old one and waits for its first check. */
        REPLACED
    }

    /** The effect of a registration, and the backend that it concerns. */
    public record Registered(Outcome outcome, Backend backend) {}

    private final Time time;
    private final Capacity capacity;
    private final int mostInFlight;
    private final Totals totals = new Totals();
    private final TreeMap<String, Backend> byName = new TreeMap<>();
    private final Takeover takeover;
    private volatile Snapshot snapshot = Snapshot.of(List.of());
    private Journal journal = Journal.NONE;

    /** Makes a list without bounds on services and their requests. */
    public ServiceList(Time time) {
        this(time, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * @param time the clock for leases and for "since"
     * @param most how many services the list may hold
     * @param mostInFlight how many requests a backend may have at once before it is full
     */
    public ServiceList(Time time, int most, int mostInFlight) {
        this.time = time;
        this.capacity = new Capacity(most);
        this.takeover = new Takeover(byName, this::add, capacity, time);
        this.mostInFlight = mostInFlight;
    }

    /** Sets the journal that receives the changes from now on. */
    public synchronized void journal(Journal journal) {
        this.journal = journal;
    }

    /** Returns the list as it is now. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** Returns all backends, by name; a snapshot. */
    public List<Backend> all() {
        return snapshot.all();
    }

    /** Returns the backends that may be chosen, by name; a snapshot. */
    public List<Backend> available() {
        return snapshot.available();
    }

    /** Returns the totals of all backends, including those that have left. */
    public Totals totals() {
        return totals;
    }

    /** Returns the backend of this name. */
    public Optional<Backend> find(String name) {
        return all().stream().filter(backend -> backend.name().equals(name)).findFirst();
    }

    /** Returns whether this very backend is (still) in the list. */
    public synchronized boolean contains(Backend backend) {
        return byName.get(backend.name()) == backend;
    }

    /**
     * Adds, renews or replaces a service. A service that registers with the URL of one from the settings replaces that
     * one: it is the same service, now with a name of its own.
     *
     * @throws ListFull if the list holds as many services as it may
     */
    public synchronized Registered register(Service service) {
        Backend known = byName.get(service.name());
        if (known != null && known.url().equals(service.url())) {
            known.renew(service.lease(), time.nanos());
            journal.registered(service, Outcome.RENEWED);
            return new Registered(Outcome.RENEWED, known);
        }
        Backend twin = configuredTwin(service.url());
        if (known == null && twin == null && !capacity.hasRoomBeside(byName.size())) {
            throw capacity.listFull();
        }
        if (twin != null) {
            byName.remove(twin.name());
            journal.removed(twin.name());
        }
        Backend backend = add(service);
        publish();
        Outcome outcome = known == null ? Outcome.ADDED : Outcome.REPLACED;
        journal.registered(service, outcome);
        return new Registered(outcome, backend);
    }

    /** Adds a service unless its name or its URL is in the list already. */
    public synchronized void offer(Service service) {
        boolean known = byName.values().stream()
                .anyMatch(backend ->
                        backend.name().equals(service.name()) || backend.url().equals(service.url()));
        if (!known) {
            add(service);
            publish();
            journal.offered(service);
        }
    }

    /** Adds the services with these URLs unless they are there already; they stay until they are removed. */
    public void offer(List<ServiceUrl> urls) {
        urls.forEach(url -> offer(Service.configured(url)));
    }

    private Backend add(Service service) {
        Backend backend = new Backend(
                service,
                new State(Status.CHECKING, time.now(), "waiting for its first good check"),
                totals,
                mostInFlight,
                time.nanos());
        byName.put(service.name(), backend);
        return backend;
    }

    private Backend configuredTwin(ServiceUrl url) {
        Backend twin = byName.get(Service.configured(url).name());
        return twin != null && twin.url().equals(url) && twin.lease().isEmpty() ? twin : null;
    }

    /** Removes a service from the list and returns it if it was there. Its requests under way finish. */
    public synchronized Optional<Backend> remove(String name) {
        Backend removed = byName.remove(name);
        if (removed != null) {
            publish();
            journal.removed(name);
        }
        return Optional.ofNullable(removed);
    }

    /** Removes the services whose lease has ended and returns them. */
    public synchronized List<Backend> removeExpired() {
        long now = time.nanos();
        List<Backend> expired = new ArrayList<>();
        byName.values().removeIf(backend -> backend.leaseEnded(now) && expired.add(backend));
        if (!expired.isEmpty()) {
            publish();
        }
        return expired;
    }

    /** Makes a backend healthy; returns whether it wasn't before. */
    public synchronized boolean admit(Backend backend, String reason) {
        return change(backend, Status.HEALTHY, reason);
    }

    /**
     * Makes a healthy backend unhealthy and returns true; returns false if it isn't healthy, so that a new one keeps
     * waiting for its first good check.
     *
     * @param evenIfLast whether to eject the backend even if it is the last available one
     */
    public synchronized boolean eject(Backend backend, String reason, boolean evenIfLast) {
        if (backend.state().status() != Status.HEALTHY) {
            return false;
        }
        boolean last = available().size() == 1 && available().get(0) == backend;
        if (last && !evenIfLast) {
            return false;
        }
        return change(backend, Status.UNHEALTHY, reason);
    }

    /**
     * Begins or ends draining a service, and returns it if it is in the list. A draining service gets no new requests,
     * those under way finish, and it stays in the list whatever its health.
     */
    public synchronized Optional<Backend> drain(String name, boolean draining) {
        Backend backend = byName.get(name);
        if (backend != null && backend.draining() != draining) {
            backend.draining(draining);
            publish();
        }
        if (backend != null) {
            journal.drained(name, draining);
        }
        return Optional.ofNullable(backend);
    }

    /**
     * Applies the list that all gateways share, as far as there is room. A backend whose URL is unchanged keeps its
     * health and counts; a new one waits for its first good check.
     *
     * @param newerHere selects the names whose state here is newer than the shared one; these stay unchanged
     * @return the backends added (also in place of another) and removed
     */
    public synchronized Listed.Taken apply(List<Listed> shared, Predicate<String> newerHere) {
        Listed.Taken taken = takeover.services(shared, newerHere);
        publish();
        return taken;
    }

    /**
     * Updates how long leases still run, since other gateways may have renewed them.
     *
     * @param left the remaining time of each lease, by the service's name
     * @param newerHere selects the names whose state here is newer than the shared one
     */
    public synchronized void leases(Map<String, Duration> left, Predicate<String> newerHere) {
        takeover.leases(left, newerHere);
    }

    private boolean change(Backend backend, Status status, String reason) {
        if (byName.get(backend.name()) != backend || backend.state().status() == status) {
            return false; // it has left meanwhile, or has this status already
        }
        backend.state(new State(status, time.now(), reason));
        publish();
        return true;
    }

    private void publish() {
        snapshot = Snapshot.of(byName.values());
    }
}
