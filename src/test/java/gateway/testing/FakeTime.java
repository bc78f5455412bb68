package gateway.testing;

import gateway.util.Time;
import java.time.Duration;
import java.time.Instant;

/** Time that stands still until a test moves it. */
public final class FakeTime implements Time {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private volatile long nanos;
    private volatile Duration set = Duration.ZERO;

    /** @param nanos where the monotonic clock begins; may be near its overflow */
    public FakeTime(long nanos) {
        this.nanos = nanos;
        this.origin = nanos;
    }

    public FakeTime() {
        this(0);
    }

    private final long origin;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return START.plus(set).plusNanos(nanos - origin);
    }

    /** Moves time on. */
    public void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    /** Sets the wall clock forward, or back if this is negative; no time passes. */
    public void setClock(Duration by) {
        set = set.plus(by);
    }
}
