package gateway.admission;

import gateway.http.Problem;
import gateway.http.ProblemType;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits how many requests to services are under way at the same time; {@link Door} refuses further ones. */
public final class ConcurrencyLimit {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    /** @param most the most concurrent requests, at least 1 */
    public ConcurrencyLimit(int most) {
        this.most = most;
    }

    /**
     * Counts one more request if the limit allows it, and returns true; {@link #leave} must follow. Else returns false.
     */
    public boolean enter() {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Ends a request that had entered. */
    public void leave() {
        count.decrementAndGet();
    }

    /** Returns the problem for a request beyond the limit. */
    public static Problem overloaded() {
        return ProblemType.OVERLOADED.problem(
                "The gateway is at its limit of concurrent requests (GATEWAY_MAX_IN_FLIGHT); try again in a moment");
    }

    /** Returns whether the limit is reached. */
    public boolean isFull() {
        return count.get() >= most;
    }

    /** Returns how many requests are under way. */
    public int count() {
        return count.get();
    }
}
