package gateway.registry;

import java.time.Duration;
import java.util.Optional;

/** How long a backend stays in the list without renewal. Written under the list's lock, read without it. */
public final class Lease {
    private volatile Optional<Duration> length;
    private volatile long ends;

    /** Makes a lease that begins now; empty for one that never ends. */
    Lease(Optional<Duration> length, long now) {
        renew(length, now);
    }

    /** Returns the time from a renewal to the end; empty if it never ends. */
    public Optional<Duration> length() {
        return length;
    }

    /** Returns how long it still runs at this time, nanoseconds; empty if it never ends, zero when it has ended. */
    public Optional<Duration> left(long now) {
        return length.map(any -> Duration.ofNanos(Math.max(0, ends - now)));
    }

    boolean hasEnded(long now) {
        return length.isPresent() && now - ends >= 0;
    }

    void renew(Optional<Duration> length, long now) {
        set(length, length.orElse(Duration.ZERO), now);
    }

    /** Sets the length, and how long it still runs. */
    void set(Optional<Duration> length, Duration left, long now) {
        this.ends = now + left.toNanos();
        this.length = length;
    }
}
