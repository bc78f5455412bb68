package gateway.util;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that this process stood still, by the gap between two beats of its timer: it was stopped, its virtual machine
 * was paused, or it got no CPU. Silence in that time proves nothing about others: nobody could renew a lease, and
 * requests ran into their timeouts though their answers were there.
 */
public final class Stalls {
    /** The pause between calls of {@link #beat}. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    /** The shortest gap that counts: longer than any pause for garbage collection, shorter than any lease. */
    private static final Duration SHORTEST = Duration.ofMillis(900);

    private static final Logger LOG = LoggerFactory.getLogger(Stalls.class);

    private final Time time;
    private volatile long lastBeat;
    private volatile long lastEnd;
    private volatile boolean beating;
    private volatile boolean any;

    /** Makes one that notices nothing before its second beat. */
    public Stalls(Time time) {
        this.time = time;
        this.lastEnd = time.nanos();
    }

    /** Starts to beat. */
    public void start(Timer timer) {
        timer.every(PAUSE, "beat", this::beat);
    }

    /** Beats once. One thread at a time. */
    public void beat() {
        long now = time.nanos();
        long gap = now - lastBeat;
        if (beating && gap >= SHORTEST.toNanos()) {
            lastEnd = now;
            any = true;
            LOG.warn(
                    "this process stood still for {} ms: what nobody could do meanwhile counts for nobody's failure",
                    gap / 1_000_000);
        }
        lastBeat = now;
        beating = true;
    }

    /** Returns when the process last went on after it had stood still, nanoseconds; else when this was made. */
    public long resumedAt() {
        return isUnnoticed() ? time.nanos() : lastEnd;
    }

    /** Returns whether a stall has just ended of which no beat knows yet. */
    private boolean isUnnoticed() {
        return beating && time.nanos() - lastBeat >= SHORTEST.toNanos();
    }

    /** Returns whether the process stood still for a while that ended after this time, in nanoseconds. */
    public boolean endedSince(long nanos) {
        return isUnnoticed() || any && lastEnd - nanos > 0;
    }
}
