package gateway.admission;

import gateway.util.Time;

/** How often something may be done: at most so many times in each second since it began. */
public final class Pace {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private final Time time;
    private long begunAt; // guarded by this, as is the next
    private int done;

    /** @param perSecond at least 1 */
    Pace(int perSecond, Time time) {
        this.perSecond = perSecond;
        this.time = time;
        this.begunAt = time.nanos();
    }

    /** Whether it may be done once more; that counts. */
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

    /** How often in a second. */
    public int perSecond() {
        return perSecond;
    }
}
