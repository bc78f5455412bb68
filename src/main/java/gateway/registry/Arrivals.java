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

    /** Removes and returns the service of the settings that has this URL: the same one, which now has its own name. */
    Optional<Backend> displaceTwin(Service service) {
        Backend twin = backends.get(Service.configured(service.route(), service.url(), Optional.empty())
                .id());
        if (twin == null || twin.lease().length().isPresent() || twin.id().equals(service.id())) {
            return Optional.empty();
        }
        backends.remove(twin);
        return Optional.of(twin);
    }

    /**
     * Does what {@link ServiceList#register} promises.
     *
     * @param twin the one that {@link #displaceTwin} has removed
     */
    Registered register(Service service, Optional<Backend> twin) {
        Backend known = backends.get(service.id());
        List<Backend> before = moves.before(service);
        if (known == null) {
            if (before.isEmpty() && !capacity.hasRoomBeside(backends.size())) {
                throw capacity.listFull();
            }
            known = add(before.stream()
                    .findFirst()
                    .or(() -> twin)
                    .map(service::completedBy)
                    .orElse(service));
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
