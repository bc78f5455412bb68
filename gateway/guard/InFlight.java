package gateway.guard;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests for services are being worked on, at most so many. */
public final class InFlight {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    /** @param most at least 1 */
    public InFlight(int most) {
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

    /** Whether another would be one too many. */
    public boolean isFull() {
        return count.get() >= most;
    }

    /** How many there are. */
    public int count() {
        return count.get();
    }
}
