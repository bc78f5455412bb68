package gateway.registry;

import gateway.events.EventKind;
import gateway.registry.Backend.State;
import gateway.registry.Backend.Status;
import gateway.util.Time;
import java.util.List;

/** Admits a list's backends to the available ones and ejects them from there. Used under the list's lock. */
final class HealthChanges {
    private final Backends backends;
    private final Pools pools;
    private final Moves moves;
    private final ServiceEvents events;
    private final Time time;

    HealthChanges(Backends backends, Pools pools, Moves moves, ServiceEvents events, Time time) {
        this.backends = backends;
        this.pools = pools;
        this.moves = moves;
        this.events = events;
        this.time = time;
    }

    /** Makes a backend healthy; returns whether it wasn't before. */
    boolean admit(Backend backend, String reason) {
        return change(backend, Status.HEALTHY, reason, EventKind.HEALTHY);
    }

    /**
     * Makes a healthy backend unhealthy; returns whether it did.
     *
     * @param kind the event that this is
     */
    boolean eject(Backend backend, String reason, boolean evenIfLast, EventKind kind) {
        return backend.state().status() == Status.HEALTHY
                && (evenIfLast || !isLast(backend))
                && change(backend, Status.UNHEALTHY, reason, kind);
    }

    /** Does what {@link ServiceList#mark} promises. */
    boolean mark(Backend backend, boolean farMoreErrors, String reason) {
        if (!backends.has(backend)) {
            return false;
        }
        backend.load().farMoreErrors(farMoreErrors);
        events.marked(backend, reason);
        return true;
    }

    private boolean isLast(Backend backend) {
        List<Backend> ofRoute = pools.snapshot(backend.route()).available();
        return ofRoute.size() == 1 && ofRoute.get(0) == backend;
    }

    private boolean change(Backend backend, Status status, String reason, EventKind kind) {
        if (!backends.has(backend) || backend.state().status() == status) {
            return false; // it has left meanwhile, or has this status already
        }
        backend.state(new State(status, time.now(), reason));
        events.health(backend, kind);
        if (backend.ownId().isPresent()) { // only such a one may be where another has moved to
            moves.endThoseMade();
        }
        pools.publish(backend.route());
        return true;
    }
}
