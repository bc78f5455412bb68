package gateway.proxy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds how many retries run at once: a fifth of the requests under way, and always some. Without it, a broken backend
 * would turn each request into three just when the others have the least to spare.
 *
 * <p>A retry beyond that waits a moment for its turn rather than fail: when a backend is killed, all that was under way
 * to it wants a second try at the same time, more than a fifth, and each takes no longer than a request does. Only
 * requests that have failed once take this lock.
 */
final class RetryBudget {
    private static final int ALWAYS = 3;
    private static final int ONE_IN = 5;

    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private int retries;
    private int waiting;

    /** @param patienceMillis how long a retry may wait for its turn */
    RetryBudget(long patienceMillis) {
        this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    }

    /**
     * Takes a place for a retry; to be given back with {@link #release}. False if none became free in time.
     *
     * @param requests requests that backends work on now
     */
    boolean tryAcquire(int requests) {
        long left = patienceNanos;
        lock.lock();
        waiting++; // it is under way too, if to no backend just now
        try {
            while (retries >= Math.max(ALWAYS, (requests + waiting) / ONE_IN)) {
                if (left <= 0) {
                    return false;
                }
                left = released.awaitNanos(left);
            }
            retries++;
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            retries--;
            released.signalAll(); // they wait for different numbers
        } finally {
            lock.unlock();
        }
    }
}
