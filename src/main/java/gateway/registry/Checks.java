package gateway.registry;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** The health checks of one backend: the latest, and how many there have been. Written and read by any thread. */
public final class Checks {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private volatile Check last;

    Checks() {}

    /** Adds the result of a check. */
    public void add(Check check) {
        last = check;
        count.increment();
        nanos.add(check.latency().toNanos());
    }

    /** Forgets the result of the latest check. */
    public void forget() {
        if (last != null) {
            last = null;
        }
    }

    /** Returns the result of the latest check; empty before the first. */
    public Optional<Check> last() {
        return Optional.ofNullable(last);
    }

    /** Returns whether the latest check was good. */
    public boolean lastWasGood() {
        Check check = last;
        return check != null && check.good();
    }

    /** Returns how many checks there have been. */
    public long count() {
        return count.sum();
    }

    /** Returns how long all checks together have taken, nanoseconds. */
    public long nanos() {
        return nanos.sum();
    }
}
