package gateway.cluster;

import gateway.cluster.Redis.Call;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A call to Redis in the {@link CallQueue}, and the thread that waits for its result. Since when, the system clock says, as
 * this measures a real wait.
 *
 * <p>A thread that gives up leaves the call as it is: what it counts in Redis is to be counted there even if late. Unless
 * the thread withdraws it.
 */
final class QueuedCall {
    private final Call call;
    private final long since = System.nanoTime();
    private final Thread caller = Thread.currentThread();
    private volatile Object outcome;
    private volatile boolean late;
    private volatile boolean withdrawn;
    private Consumer<Object> undo; // guarded by this

    QueuedCall(Call call) {
        this.call = call;
    }

    Call call() {
        return call;
    }

    /**
     * Waits for the result; to be called by the thread that made this.
     *
     * @param most how long at most, from when this was made
     * @throws RedisFailure if the call failed, or if there is no result by then
     */
    Object await(Duration most) throws RedisFailure {
        Object result = outcome;
        while (result == null) {
            long left = since + most.toNanos() - System.nanoTime();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                late = true;
                throw RedisFailure.timedOut(most);
            }
            LockSupport.parkNanos(this, left);
            result = outcome;
        }
        if (result instanceof RedisFailure failure) {
            throw failure;
        }
        return result;
    }

    /** Sets the result, or the {@link RedisFailure}. */
    void complete(Object result) {
        Consumer<Object> action;
        synchronized (this) {
            outcome = result;
            action = undo;
        }
        if (action == null) {
            LockSupport.unpark(caller);
        } else if (!(result instanceof RedisFailure)) {
            action.accept(result);
        }
    }

    /**
     * Drops the call if it hasn't been sent yet. One that has been sent can't be recalled.
     *
     * @param action gets the result of a call that was made all the same, maybe later and in another thread, in which it
     *     must not block; it isn't called for a call that failed
     */
    void withdraw(Consumer<Object> action) {
        withdrawn = true;
        Object result;
        synchronized (this) {
            undo = action;
            result = outcome;
        }
        if (result != null && !(result instanceof RedisFailure)) {
            action.accept(result);
        }
    }

    /**
     * Returns whether the call is still to be sent.
     *
     * @param crowded whether so many others wait that those come first for which a request waits
     */
    boolean isWanted(boolean crowded) {
        return !withdrawn && !(late && crowded);
    }
}
