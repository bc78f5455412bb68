package gateway.cluster;

import gateway.cluster.Redis.Call;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A call, from when somebody asked until there is an outcome: what the script returned, or the {@link RedisFailure}. A
 * caller that has waited for too long gives up, but leaves the call as it is: what it counts in Redis is to be counted
 * there even if late. Unless the caller withdraws it, or so many wait that such calls would make others late.
 */
final class PendingCall {
    /** How often a call is sent: to the old node, to the new one, there with the script's text, and one to spare. */
    private static final int SENDS = 4;

    private final Call call;
    private final Thread caller = Thread.currentThread();
    private volatile long due;
    private volatile Pipeline pipeline;
    private volatile Object outcome;
    private volatile RedisFailure givenUp;
    private volatile boolean awaited;
    private volatile boolean withdrawn;
    private Consumer<Object> undo; // guarded by this

    // of whoever leads the pipeline
    private boolean asking;
    private boolean whole;
    private int sends;

    PendingCall(Call call) {
        this.call = call;
    }

    Call call() {
        return call;
    }

    /** Notes when to wait no longer, as {@link Overdue} counts. */
    void dueAt(long counted) {
        due = counted;
    }

    /** Returns when to wait no longer. */
    long due() {
        return due;
    }

    /** Notes which pipeline the call waits at now. */
    void waitAt(Pipeline there) {
        pipeline = there;
    }

    /** Returns whether the caller waits, and for this pipeline. */
    boolean waitsAt(Pipeline here) {
        return !isOver() && pipeline == here;
    }

    /** Returns whether there is nothing to wait for any more. */
    boolean isOver() {
        return outcome != null || givenUp != null;
    }

    /** Waits for the outcome; to be called by the thread that made the call. Leads the pipeline if nobody else does. */
    Object await() {
        awaited = true;
        try {
            while (!isOver()) {
                if (Thread.currentThread().isInterrupted()) {
                    giveUp(new RedisFailure("interrupted"));
                } else if (!pipeline.lead(this)) {
                    LockSupport.park(this);
                }
            }
        } finally {
            awaited = false;
            if (pipeline != null) { // it had been woken to lead, maybe
                pipeline.passOn();
            }
        }
        Object known = outcome;
        return known == null ? givenUp : known;
    }

    /** Has the caller look again whether there is an outcome or a pipeline to lead; returns whether it waits. */
    boolean wake() {
        if (!awaited) {
            return false;
        }
        if (Thread.currentThread() != caller) {
            LockSupport.unpark(caller);
        }
        return true;
    }

    /** Notes the outcome. The first counts. */
    void complete(Object result) {
        Consumer<Object> action;
        synchronized (this) {
            if (outcome != null) {
                return;
            }
            outcome = result;
            action = undo;
        }
        wake();
        if (action != null && !(result instanceof RedisFailure)) {
            action.accept(result);
        }
    }

    /** Has the caller wait no longer. Without effect if there is an outcome. */
    void giveUp(RedisFailure why) {
        givenUp = why;
        wake();
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
     * @param crowded whether so many others wait that those come first whose callers do
     */
    boolean isWanted(boolean crowded) {
        return !withdrawn && !(crowded && givenUp != null);
    }

    /** Returns whether the node wants {@code ASKING} before the call. */
    boolean isAsking() {
        return asking;
    }

    /** Returns whether to send the script's text rather than its hash. */
    boolean isWhole() {
        return whole;
    }

    /** Notes that the node doesn't know the script; returns whether to send the call again, with the script's text. */
    boolean sendWhole() {
        whole = true;
        return ++sends < SENDS;
    }

    /**
     * Notes that another node has the key, or will have it; returns whether to send the call there.
     *
     * @param asking whether the key is just moving, so that the other node wants {@code ASKING} first
     */
    boolean sendElsewhere(boolean asking) {
        this.asking = asking;
        return ++sends < SENDS;
    }
}
