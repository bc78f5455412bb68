package gateway.trace;

/**
 * Whether the rate limiter lets a client's request pass. It stands here because each trace carries it.
 *
 * @param allowed whether this request may pass; where none was counted, whether one would
 * @param remaining how many more requests may follow at once, 0 or more
 * @param resetNanos nanoseconds until {@code remaining} grows by one; 0 if no request counts
 */
public record LimitDecision(boolean allowed, int remaining, long resetNanos) {
    /** Returns {@code resetNanos} in whole seconds, rounded up, for headers that can't express less. */
    public long resetSeconds() {
        return Math.floorDiv(resetNanos + 999_999_999L, 1_000_000_000L);
    }
}
