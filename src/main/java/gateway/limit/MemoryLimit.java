package gateway.limit;

import gateway.client.LimitKey;
import gateway.trace.LimitDecision;
import java.util.List;

/**
 * A limit, or several of a route, in this gateway's memory: also a part of what a store knows that several gateways
 * share, and what decides while that store can't be reached.
 */
public interface MemoryLimit extends RateLimit {
    /**
     * Does the same as {@link #take(LimitKey)} with a share of each limit, rounded up.
     *
     * @param shares among how many gateways the limits are divided, at least 1
     */
    LimitDecision take(LimitKey key, int shares);

    /** Does the same as {@link #giveBack(LimitKey, LimitDecision)} with a share of each limit. */
    LimitDecision giveBack(LimitKey key, LimitDecision taken, int shares);

    /** Does the same as {@link #look(LimitKey)} with a share of each limit. */
    LimitDecision look(LimitKey key, int shares);

    /** Does the same as {@link #explain(LimitKey)} with a share of each limit. */
    List<Standing> explain(LimitKey key, int shares);

    /**
     * Counts a request that the shared store let through. Does nothing for a key that has no window of its own because
     * there is no room: in the common window the request would count for everybody.
     *
     * @param asked when the request came, by this memory's clock
     */
    void record(LimitKey key, long asked);

    /**
     * Returns a refusal if requests that passed here alone fill a limit. Returns null if they don't, or if some of them
     * were taken over from the common window and so may be others'.
     */
    LimitDecision refusal(LimitKey key);

    @Override
    default LimitDecision take(LimitKey key) {
        return take(key, 1);
    }

    @Override
    default LimitDecision giveBack(LimitKey key, LimitDecision taken) {
        return giveBack(key, taken, 1);
    }

    @Override
    default LimitDecision look(LimitKey key) {
        return look(key, 1);
    }

    @Override
    default List<Standing> explain(LimitKey key) {
        return explain(key, 1);
    }
}
