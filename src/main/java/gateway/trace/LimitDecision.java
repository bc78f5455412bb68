package gateway.trace;

import java.util.Objects;

/**
 * Whether the rate limiter lets a client's request pass. It stands here because each trace carries it. Where several
 * limits hold at the same time it speaks of the tightest: the one that refuses, else the one with the fewest requests
 * remaining.
 *
 * @param allowed whether this request may pass; where none was counted, whether one would
 * @param remaining how many more requests may follow at once, 0 or more
 * @param resetNanos nanoseconds until {@code remaining} grows by one; 0 if no request counts
 * @param countedAt the time that counts for this request in the gateway's memory, nanoseconds of its clock; meaningless
 * if the request wasn't counted
 * @param sharedAt the same in the store that gateways share, microseconds of the store's clock; 0 if it isn't there
 * @param limit which of the route's limits this is about, from 0
 */
public record LimitDecision(boolean allowed, int remaining, long resetNanos, long countedAt, long sharedAt, int limit) {
    /** Makes a decision of the first or only limit, for which nothing was counted. */
    public LimitDecision(boolean allowed, int remaining, long resetNanos) {
        this(allowed, remaining, resetNanos, 0, 0, 0);
    }

    /**
     * Returns the tighter of this and another limit's decision: one that refuses, then the one with fewer requests
     * remaining, then the one that resets later.
     */
    public LimitDecision tighter(LimitDecision other) {
        if (allowed != other.allowed) {
            return allowed ? other : this;
        }
        if (remaining != other.remaining) {
            return remaining < other.remaining ? this : other;
        }
        return resetNanos >= other.resetNanos ? this : other;
    }

    /** Returns the same of a request that passes. */
    public LimitDecision passing() {
        return allowed ? this : new LimitDecision(true, remaining, resetNanos, countedAt, sharedAt, limit);
    }

    /** Returns whether the other decision says the same; when the requests were counted is no part of that. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LimitDecision decision
                && decision.allowed == allowed
                && decision.remaining == remaining
                && decision.resetNanos == resetNanos
                && decision.limit == limit;
    }

    @Override
    public int hashCode() {
        return Objects.hash(allowed, remaining, resetNanos, limit);
    }

    /** Returns {@code resetNanos} in whole seconds, rounded up, for headers that can't express less. */
    public long resetSeconds() {
        return Math.floorDiv(resetNanos + 999_999_999L, 1_000_000_000L);
    }
}
