package gateway.registry;

import gateway.net.ServiceUrl;
import gateway.registry.Backend.State;
import gateway.registry.Backend.Status;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Whether a backend may be chosen, and why: its health, its weight, and whether it drains. Written under the list's lock. */
final class Standing {
    private volatile State state;
    private volatile Draining draining = Draining.NO;
    private volatile int weight;
    private volatile long availableSince;
    private boolean wasAvailable;
    private final LongAdder ejections = new LongAdder();

    Standing(State state, int weight) {
        this.state = state;
        this.weight = weight;
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
        if (next.status() == Status.UNHEALTHY) {
            ejections.increment();
        }
    }

    long ejections() {
        return ejections.sum();
    }

    Draining draining() {
        return draining;
    }

    void draining(Draining next) {
        draining = next;
    }

    int weight() {
        return weight;
    }

    void weight(int next) {
        weight = next;
    }

    boolean isAvailable() {
        return draining == Draining.NO && weight > 0 && state.status() == Status.HEALTHY;
    }

    boolean servesItsOwn() {
        return state.status() == Status.HEALTHY && draining != Draining.MOVING_SESSIONS;
    }

    long availableSince() {
        return availableSince;
    }

    /** Notes since when it is available, as a new list is about to say so. */
    void published(long now) {
        boolean is = isAvailable();
        if (is && !wasAvailable) {
            availableSince = now;
        }
        wasAvailable = is;
    }

    String word() {
        return draining != Draining.NO || weight == 0
                ? "draining"
                : state.status().word();
    }

    /** @param movingTo to where the instance moves, if it does */
    String reason(Optional<ServiceUrl> movingTo) {
        if (draining == Draining.MOVING_SESSIONS) {
            return "drained by an operator, who also moves the clients that are bound to it";
        }
        if (draining != Draining.NO) {
            return "drained by an operator";
        }
        if (weight == 0) {
            return "its weight is 0";
        }
        return movingTo.map(there -> "moved to " + there + ", and serves until that has a good check")
                .orElse(state.reason());
    }
}
