package gateway.registry;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Applies the list that all gateways share to this gateway's list. Used under the list's lock. */
final class Takeover {
    private final Backends backends;
    private final Moves moves;
    private final ServiceEvents events;
    private final Function<Service, Backend> add;
    private final Capacity capacity;
    private final Time time;

    /**
     * @param backends the list to change
     * @param add adds a service to the list and returns its backend
     */
    Takeover(
            Backends backends,
            Moves moves,
            ServiceEvents events,
            Function<Service, Backend> add,
            Capacity capacity,
            Time time) {
        this.backends = backends;
        this.moves = moves;
        this.events = events;
        this.add = add;
        this.capacity = capacity;
        this.time = time;
    }

    /** Does what {@link ServiceList#apply} promises. */
    Listed.Taken services(List<Listed> shared, Predicate<BackendId> newerHere) {
        Map<BackendId, Listed> theirs = shared.stream()
                .collect(Collectors.toMap(listed -> listed.service().id(), listed -> listed));
        List<Backend> left = backends.removeIf(
                backend -> !backend.configured() && !theirs.containsKey(backend.id()) && !newerHere.test(backend.id()));
        events.left(EventKind.REMOVED, left, "it is no longer in the list that gateways share", Who.OTHER_GATEWAY);
        List<Backend> came = new ArrayList<>();
        int leftOut = 0;
        for (Listed listed : shared) {
            Service service = listed.service();
            if (newerHere.test(service.id()) || listed.movingTo().isPresent() && moves.isMade(service)) {
                continue;
            }
            Backend backend = backends.get(service.id());
            if (backend == null && !capacity.hasRoomBeside(backends.size())) {
                leftOut++;
                continue;
            }
            if (backend == null) {
                backend = add.apply(service);
                came.add(backend);
                events.shared(backend);
            }
            Draining before = backend.drain();
            backend.draining(listed.draining(), time.now());
            events.drained(backend, before, Who.OTHER_GATEWAY);
            if (!backend.configured()) { // else it stays what this gateway's own configuration says
                backend.listed(service, time.now());
                backend.occupant().listed(service.instance(), listed.movingTo());
                backend.lease().set(service.lease(), listed.left(), time.nanos());
            }
        }
        moves.endThoseMade();
        capacity.leftOut(leftOut);
        return new Listed.Taken(came, left);
    }

    /** Does what {@link ServiceList#leases} promises. */
    void leases(Map<BackendId, Duration> left, Predicate<BackendId> newerHere) {
        left.forEach((id, duration) -> {
            Backend backend = backends.get(id);
            if (backend != null && !backend.configured() && !newerHere.test(id)) {
                backend.lease().set(backend.lease().length(), duration, time.nanos());
            }
        });
    }
}
