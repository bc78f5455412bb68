package gateway.registry;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The health checks of one backend: the latest {@value #KEPT}, and how many there have been. Written and read by any
 * thread.
 */
public final class Checks {
    /** How many results are kept. */
    public static final int KEPT = 20;

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final ArrayDeque<Check> recent = new ArrayDeque<>(KEPT); // guarded by itself
    private volatile Check last;

    Checks() {}

    /** Adds the result of a check. */
    public void add(Check check) {
        last = check;
        count.increment();
        nanos.add(check.latency().toNanos());
        synchronized (recent) {
            if (recent.size() == KEPT) {
                recent.removeLast();
            }
            recent.addFirst(check);
        }
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

    /** Returns the results of the latest checks, newest first; at most {@link #KEPT}. */
    public List<Check> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
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
