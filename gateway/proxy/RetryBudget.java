package gateway.proxy;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many retries run at once: a fifth of the requests under way, and always some. Without it, a broken backend
 * would turn each request into three just when the others have the least to spare.
 */
final class RetryBudget {
    private static final int ALWAYS = 3;
    private static final int ONE_IN = 5;

    private final AtomicInteger retries = new AtomicInteger();

    /**
     * Takes a place for a retry; to be given back with {@link #release}.
     *
     * @param requests requests under way now
     */
    boolean tryAcquire(int requests) {
        int most = Math.max(ALWAYS, requests / ONE_IN);
        if (retries.incrementAndGet() <= most) {
            return true;
        }
        retries.decrementAndGet();
        return false;
    }

    void release() {
        retries.decrementAndGet();
    }
}
