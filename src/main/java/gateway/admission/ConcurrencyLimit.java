package gateway.admission;

import gateway.http.Problem;
import gateway.http.ProblemType;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests for services are being worked on, at most so many; {@link Door} refuses the others. */
public final class ConcurrencyLimit {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    /** @param most at least 1 */
    public ConcurrencyLimit(int most) {
        this.most = most;
    }

    /** One more, if it may be; then {@link #leave} must follow. */
    public boolean enter() {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One that had entered has been answered. */
    public void leave() {
        count.decrementAndGet();
    }

    /** What says that there are as many as there may be. */
    public static Problem overloaded() {
        return ProblemType.OVERLOADED.problem(
                "The gateway has as many requests under way as it takes on; try again in a moment");
    }

    /** Whether another would be one too many. */
    public boolean isFull() {
        return count.get() >= most;
    }

    /** How many there are. */
    public int count() {
        return count.get();
    }
}
