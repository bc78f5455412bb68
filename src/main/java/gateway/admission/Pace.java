package gateway.admission;

import gateway.util.Time;

/** Limits how often something may be done in each second. */
public final class Pace {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private final Time time;
    private long begunAt; // guarded by this, like the next
    private int done;

    /** @param perSecond how often in a second, at least 1 */
    Pace(int perSecond, Time time) {
        this.perSecond = perSecond;
        this.time = time;
        this.begunAt = time.nanos();
    }

    /** Returns whether it may be done once more, and if so counts that. */
    public synchronized boolean allows() {
        long now = time.nanos();
        if (now - begunAt >= SECOND) {
            begunAt = now;
            done = 0;
        }
        if (done >= perSecond) {
            return false;
        }
        done++;
        return true;
    }

    /** Returns how often it may be done in a second. */
    public int perSecond() {
        return perSecond;
    }
}
