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
 * The services, in the order of their names, so that round robin keeps its order when one leaves and comes back.
 *
 * <p>Changes take one lock and publish two immutable snapshots: all backends, and the available ones. Requests read the
 * second and take no lock, so choosing among 300 costs what choosing among 3 does.
 */
public final class ServiceList {
    /** What a registration did. */
    public enum Outcome {
        /** The name was not known. */
        ADDED,
        /** The same name and URL: the lease starts anew. */
        RENEWED,
        /** The same name with another URL: the old backend is gone, the new one starts with its first check. */
        REPLACED
    }

    /** What a registration did, and to which backend. */
    public record Registered(Outcome outcome, Backend backend) {}

    private final Time time;
    private final Room room;
    private final int mostInFlight;
    private final Totals totals = new Totals();
    private final TreeMap<String, Backend> byName = new TreeMap<>();
    private final Takeover takeover;
    private volatile Snapshot snapshot = Snapshot.of(List.of());
    private Journal journal = Journal.NONE;

    /** A list with room for all, who may have any number of requests. */
    public ServiceList(Time time) {
        this(time, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * @param time for leases and for "since"
     * @param most services that may register
     * @param mostInFlight requests that one may have before it is full
     */
    public ServiceList(Time time, int most, int mostInFlight) {
        this.time = time;
        this.room = new Room(most);
        this.takeover = new Takeover(byName, this::add, room, time);
        this.mostInFlight = mostInFlight;
    }

    /** From now on tells this journal what is asked for here. */
    public synchronized void tell(Journal journal) {
        this.journal = journal;
    }

    /** The list as it is now. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** All backends, by name; a snapshot. */
    public List<Backend> all() {
        return snapshot.all();
    }

    /** Those that may be chosen, by name; a snapshot. */
    public List<Backend> available() {
        return snapshot.available();
    }

    /** What all of them, also those that have left, have done. */
    public Totals totals() {
        return totals;
    }

    /** The backend of this name. */
    public Optional<Backend> find(String name) {
        return all().stream().filter(backend -> backend.name().equals(name)).findFirst();
    }

    /** Whether this very backend is (still) in the list. */
    public synchronized boolean contains(Backend backend) {
        return byName.get(backend.name()) == backend;
    }

    /**
     * Adds, renews or replaces. A service that registers itself with the URL of one that the settings named takes that
     * one's place: it is the same service, which now has a name of its own.
     *
     * @throws ListFull if it would be one too many
     */
    public synchronized Registered register(Service service) {
        Backend known = byName.get(service.name());
        if (known != null && known.url().equals(service.url())) {
            known.renew(service.lease(), time.nanos());
            journal.registered(service, Outcome.RENEWED);
            return new Registered(Outcome.RENEWED, known);
        }
        Backend twin = configuredTwin(service.url());
        if (known == null && twin == null && !room.isBeside(byName.size())) {
            throw room.full();
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

    /** Adds a service unless its name or its URL is there already. */
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

    /** Takes the service out of the list; requests on their way to it finish. Returns it if it was there. */
    public synchronized Optional<Backend> remove(String name) {
        Backend removed = byName.remove(name);
        if (removed != null) {
            publish();
            journal.removed(name);
        }
        return Optional.ofNullable(removed);
    }

    /** Removes those whose lease has ended and returns them. */
    public synchronized List<Backend> removeExpired() {
        long now = time.nanos();
        List<Backend> expired = new ArrayList<>();
        byName.values().removeIf(backend -> backend.leaseEnded(now) && expired.add(backend));
        if (!expired.isEmpty()) {
            publish();
        }
        return expired;
    }

    /** Makes the backend available; returns whether it wasn't before. */
    public synchronized boolean admit(Backend backend, String reason) {
        return change(backend, Status.HEALTHY, reason);
    }

    /**
     * Makes a healthy backend unhealthy; returns whether it was healthy before. One that waits for its first good check
     * goes on waiting.
     *
     * @param evenIfLast whether that may leave none available
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
     * Takes a service out of turn or puts it back: drained, it gets no more requests, those under way finish, and it
     * stays in the list whatever its health. Returns it if it is there.
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
     * Takes over what all gateways share, as far as there is room. What is known of a backend stays with it as long as
     * its URL is the same; what is new waits for its first good check.
     *
     * @param newerHere the names of which this list knows better; they stay as they are
     * @return what came (also in another's place) and what left
     */
    public synchronized Listed.Taken apply(List<Listed> shared, Predicate<String> newerHere) {
        Listed.Taken taken = takeover.services(shared, newerHere);
        publish();
        return taken;
    }

    /**
     * Takes over how long leases still run, since others have renewed some.
     *
     * @param left by name
     * @param newerHere the names of which this list knows better
     */
    public synchronized void leases(Map<String, Duration> left, Predicate<String> newerHere) {
        takeover.leases(left, newerHere);
    }

    private boolean change(Backend backend, Status status, String reason) {
        if (byName.get(backend.name()) != backend || backend.state().status() == status) {
            return false; // it has left meanwhile, or nothing is new
        }
        backend.state(new State(status, time.now(), reason));
        publish();
        return true;
    }

    private void publish() {
        snapshot = Snapshot.of(byName.values());
    }
}
