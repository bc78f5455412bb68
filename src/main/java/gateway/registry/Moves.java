package gateway.registry;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.util.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves of instances to other URLs, made before broken: the backend at the URL of before serves until the one at the
 * new URL has had its first good check, for {@link #LONGEST} at most. Used under the list's lock.
 */
final class Moves {
    /** How long the backend of before stays if the new one has no good check: as long as a slow program needs to start. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);

    private final Backends backends;
    private final ServiceEvents events;
    private final Time time;

    Moves(Backends backends, ServiceEvents events, Time time) {
        this.backends = backends;
        this.events = events;
        this.time = time;
    }

    /** Returns where the instance that registers has been until now, if it moves; none if it has no id of its own. */
    List<Backend> before(Service service) {
        return service.instance().isEmpty()
                ? List.of()
                : backends.of(service.id().name()).stream()
                        .filter(backend -> !backend.leaving() && isElsewhere(backend, service))
                        .toList();
    }

    /** Returns whether this is a backend of the instance, at another URL. */
    private static boolean isElsewhere(Backend backend, Service service) {
        return backend.ownId().equals(service.instance()) && !backend.url().equals(service.url());
    }

    /**
     * Begins a move.
     *
     * @param before where the instance was; none if it doesn't move
     * @return whether it goes back to where it came from last
     */
    boolean begin(List<Backend> before, Backend after) {
        boolean back = false;
        for (Backend backend : before) {
            back |= backend.occupant().movedFrom().equals(Optional.of(after.url()));
            backend.occupant().movingTo(after.url());
            backend.lease().renew(Optional.of(LONGEST), time.nanos());
            after.occupant().movedFrom(backend.url());
        }
        if (!before.isEmpty()) {
            endThoseMade();
        }
        return back;
    }

    /** Removes the backends that need no longer stand in: their instances are healthy at the new URL. */
    void endThoseMade() {
        List<Backend> over = backends.removeIf(
                backend -> backend.leaving() && isMade(backend.id().name(), backend.ownId(), backend.url()));
        for (Backend backend : over) {
            String reason = "its instance " + backend.instance() + " has moved and is healthy";
            LOG.info("{} left the list: {}", backend, reason);
            events.left(EventKind.REMOVED, List.of(backend), reason, Who.GATEWAY);
        }
    }

    /** Returns whether the instance is healthy at another URL, so that it needs this one no longer. */
    boolean isMade(Service leaving) {
        return isMade(leaving.id().name(), leaving.instance(), leaving.url());
    }

    private boolean isMade(String fullName, Optional<String> instance, ServiceUrl url) {
        return instance.isPresent()
                && backends.of(fullName).stream()
                        .anyMatch(backend -> !backend.leaving()
                                && backend.state().status() == Backend.Status.HEALTHY
                                && backend.ownId().equals(instance)
                                && !backend.url().equals(url));
    }
}
