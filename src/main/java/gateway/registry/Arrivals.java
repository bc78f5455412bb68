package gateway.registry;

import gateway.registry.Backend.State;
import gateway.registry.Backend.Status;
import gateway.registry.Registered.Outcome;
import gateway.util.Time;
import java.util.List;
import java.util.Optional;

/** Adds instances to the list, renews and moves them. Used under the list's lock. */
final class Arrivals {
    private final Backends backends;
    private final Moves moves;
    private final Capacity capacity;
    private final Totals totals;
    private final int mostInFlight;
    private final Time time;

    Arrivals(Backends backends, Moves moves, Capacity capacity, Totals totals, int mostInFlight, Time time) {
        this.backends = backends;
        this.moves = moves;
        this.capacity = capacity;
        this.totals = totals;
        this.mostInFlight = mostInFlight;
        this.time = time;
    }

    /** Adds a backend, which waits for its first good check. */
    Backend add(Service service) {
        Backend backend = new Backend(
                service,
                new State(Status.CHECKING, time.now(), "waiting for its first good check"),
                totals,
                mostInFlight,
                time.nanos());
        backends.put(backend);
        return backend;
    }

    /** Does what {@link ServiceList#register} promises. */
    Registered register(Service service) {
        Backend known = backends.get(service.id());
        List<Backend> before = moves.before(service);
        Optional<Backend> twin = twin(service);
        if (known == null && before.isEmpty() && !hasRoomInPlaceOf(twin)) {
            throw capacity.listFull();
        }
        twin.ifPresent(backends::remove);
        if (known == null) {
            known = before.stream()
                    .findFirst()
                    .or(() -> twin)
                    .map(predecessor -> addInPlaceOf(predecessor, service))
                    .orElseGet(() -> add(service));
            boolean back = moves.begin(before, known);
            return new Registered(
                    before.isEmpty() ? Outcome.ADDED : Outcome.MOVED, known, before, twin, Optional.empty(), back);
        }
        known.update(service, time.now());
        Optional<String> idBefore = known.ownId();
        known.occupant().registered(service.instance());
        Optional<String> idNow = known.ownId();
        Optional<String> displaced = idBefore.filter(id -> !idNow.equals(Optional.of(id)));
        if (!known.configured()) { // else it stays as long as its route lists it
            known.lease().renew(service.lease(), time.nanos());
        }
        boolean back = moves.begin(before, known);
        return new Registered(before.isEmpty() ? Outcome.RENEWED : Outcome.MOVED, known, before, twin, displaced, back);
    }

    /** Returns the service of the settings that has this URL: the same one, which now has its own name. */
    private Optional<Backend> twin(Service service) {
        return Optional.ofNullable(backends.get(Service.configured(service.route(), service.url(), Optional.empty())
                        .id()))
                .filter(twin -> twin.lease().length().isEmpty() && !twin.id().equals(service.id()));
    }

    private boolean hasRoomInPlaceOf(Optional<Backend> twin) {
        int left = twin.isPresent() && backends.needsRoom(twin.get()) ? 1 : 0;
        return capacity.hasRoomBeside(backends.size() - left);
    }

    /**
     * Adds an instance in place of another, which it was before: what the registration leaves out stays as it was, and so
     * does the drain. One that is healthy by the same check at the same URL needn't wait for a check.
     */
    private Backend addInPlaceOf(Backend before, Service service) {
        Backend added = add(service.completedBy(before));
        if (before.draining()) {
            added.draining(before.drain(), time.now());
        }
        if (before.state().status() == Status.HEALTHY
                && added.url().equals(before.url())
                && added.health().equals(before.health())) {
            added.state(before.state());
        }
        return added;
    }

    /** Adds a service unless its name or its URL is in the list already; returns whether it did. */
    boolean offer(Service service) {
        boolean known = backends.all().stream()
                .filter(backend -> backend.route().equals(service.route()))
                .anyMatch(backend ->
                        backend.name().equals(service.name()) || backend.url().equals(service.url()));
        if (!known) {
            add(service);
        }
        return !known;
    }
}
