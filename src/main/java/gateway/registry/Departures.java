package gateway.registry;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.util.Durations;
import gateway.util.Time;
import java.util.List;
import java.util.function.Predicate;

/** Removes instances from the list; their requests under way finish. Used under the list's lock. */
final class Departures {
    private final Backends backends;
    private final Pools pools;
    private final ServiceEvents events;
    private final Time time;

    Departures(Backends backends, Pools pools, ServiceEvents events, Time time) {
        this.backends = backends;
        this.pools = pools;
        this.events = events;
        this.time = time;
    }

    /** Does what {@link ServiceList#remove} promises, and tells the journal. */
    List<Backend> deregistered(Meant meant, Journal journal, Who who) {
        List<Backend> removed = backends.removeIf(meant);
        if (removed.isEmpty()) {
            return removed;
        }
        publish(removed);
        if (meant.instance().isEmpty()) {
            removed.stream().map(backend -> backend.id().name()).distinct().forEach(journal::removedAll);
        } else {
            removed.forEach(backend -> journal.removed(backend.id()));
        }
        String what = meant.instance().isPresent() ? "this instance was" : "all instances of " + meant.name() + " were";
        events.left(EventKind.DEREGISTERED, removed, what + " deregistered", who);
        return removed;
    }

    /** Does what {@link ServiceList#removeConfigured} promises. */
    void unlisted(Predicate<Backend> which) {
        List<Backend> removed = backends.removeIf(backend -> backend.configured() && which.test(backend));
        publish(removed);
        events.left(EventKind.REMOVED, removed, "its route no longer lists it", Who.GATEWAY);
    }

    /** Does what {@link ServiceList#removeExpired} promises. */
    List<Backend> expired() {
        long now = time.nanos();
        List<Backend> removed = backends.removeIf(backend -> backend.lease().hasEnded(now));
        publish(removed);
        removed.forEach(backend -> events.left(EventKind.EXPIRED, List.of(backend), expiry(backend), Who.GATEWAY));
        return removed;
    }

    /** Returns why a backend has left whose lease has ended. */
    static String expiry(Backend gone) {
        String length = Durations.text(gone.lease().length().orElseThrow());
        return gone.leaving()
                ? length + " has passed since its instance " + gone.instance() + " moved"
                : "its lease of " + length + " was not renewed";
    }

    private void publish(List<Backend> removed) {
        removed.stream().map(Backend::route).distinct().forEach(pools::publish);
    }
}
