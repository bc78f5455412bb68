package gateway.cluster;

import java.util.concurrent.TimeUnit;

/**
 * What Redis's clock shows now, from what it showed in answers. An answer took a while to come, so the clock is never
 * behind the latest one and, of the latest ones, the one that was fastest says best how far ahead it is.
 */
final class RedisClock {
    /** By so much what was known is doubted with each answer: no two clocks run alike. */
    private static final long DRIFT = TimeUnit.MILLISECONDS.toNanos(1);

    /** A difference larger than this is no slowness: the clock was set. */
    private static final long SET = TimeUnit.SECONDS.toNanos(1);

    private boolean known;
    private long ahead;

    /**
     * It was heard what the clock showed.
     *
     * @param millis in the answer
     * @param nanos when that came
     */
    synchronized void heard(long millis, long nanos) {
        long now = TimeUnit.MILLISECONDS.toNanos(millis) - nanos;
        long slower = ahead - now;
        ahead = known && slower > DRIFT && slower < SET ? ahead - DRIFT : now;
        known = true;
    }

    /** Milliseconds; 0 if nothing was heard yet. */
    synchronized long millis(long nanos) {
        return known ? TimeUnit.NANOSECONDS.toMillis(nanos + ahead) : 0;
    }
}
