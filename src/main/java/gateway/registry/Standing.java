package gateway.registry;

import gateway.net.ServiceUrl;
import gateway.registry.Backend.State;
import gateway.registry.Backend.Status;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Whether a backend may be chosen, and why: its health, its weight, and whether it drains. Written under the list's lock. */
final class Standing {
    private volatile State state;
    private volatile Draining draining = Draining.NO;
    private volatile int weight;
    private volatile Turn turn;
    private volatile long availableSince;
    private boolean wasAvailable;
    private final LongAdder ejections = new LongAdder();

    Standing(State state, int weight) {
        this.state = state;
        this.weight = weight;
        this.turn = new Turn(state.since(), state.reason());
    }

    /**
     * When it last began or ended to drain, be it by an operator or by a weight of 0.
     *
     * @param reason why it ended to drain; meaningless while it drains
     */
    private record Turn(Instant since, String reason) {}

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

    void draining(Draining next, Instant now) {
        boolean before = drains();
        draining = next;
        turned(before, "resumed by an operator", now);
    }

    private boolean drains() {
        return draining != Draining.NO || weight == 0;
    }

    private void turned(boolean before, String reason, Instant now) {
        if (drains() != before) {
            turn = new Turn(now, reason);
        }
    }

    int weight() {
        return weight;
    }

    void weight(int next, Instant now) {
        boolean before = drains();
        weight = next;
        turned(before, "its weight is no longer 0", now);
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
        return drains() ? "draining" : state.status().word();
    }

    /**
     * Returns since when {@link #word} is so. A service that isn't healthy was so beneath its drain, too; a healthy one
     * gets requests only since the drain's end.
     */
    Instant since() {
        Turn last = turn;
        State now = state;
        return drains() || hasResumed(now, last) ? last.since() : now.since();
    }

    private static boolean hasResumed(State state, Turn turn) {
        return state.status() == Status.HEALTHY && turn.since().isAfter(state.since());
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
        Turn last = turn;
        State now = state;
        return movingTo.map(there -> "moved to " + there + ", and serves until that has a good check")
                .orElse(hasResumed(now, last) ? last.reason() : now.reason());
    }
}
