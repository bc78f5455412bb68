package gateway.cluster;

import java.util.concurrent.TimeUnit;

/**
 * Estimates Redis's clock from the times in its answers. Each answer took a while to arrive, so the clock is ahead of
 * every answer's time; the fastest of the recent answers gives the best estimate.
 */
final class RedisClock {
    /** How much the estimate may fall with each answer, because no two clocks run at the same speed. */
    private static final long DRIFT = TimeUnit.MILLISECONDS.toNanos(1);

    /** A larger difference than this is no slow answer: the clock was set. */
    private static final long SET = TimeUnit.SECONDS.toNanos(1);

    private boolean known;
    private long ahead;

    /**
     * Notes the time in an answer.
     *
     * @param millis Redis's clock as the answer gave it
     * @param nanos this gateway's time when the answer came
     */
    synchronized void heard(long millis, long nanos) {
        long now = TimeUnit.MILLISECONDS.toNanos(millis) - nanos;
        long slower = ahead - now;
        ahead = known && slower > DRIFT && slower < SET ? ahead - DRIFT : now;
        known = true;
    }

    /** Returns Redis's clock at this time of the gateway, milliseconds; 0 before the first answer. */
    synchronized long millis(long nanos) {
        return known ? TimeUnit.NANOSECONDS.toMillis(nanos + ahead) : 0;
    }
}
