package gateway.proxy;

import gateway.util.Time;
import java.time.Duration;

/**
 * The clock of an exchange: whom it waits for, and who has taken too long. It waits for the backend, which sends its
 * answer; for the client, which takes a part of the answer; and, perhaps at the same time, for the client's body.
 *
 * <p>Written by the request's thread and by the one that passes the rest of a body, read by a timer's.
 */
abstract class ExchangeClock {
    /** How long a late client still has after the gateway stood still. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    final long startedAt;
    private final Time time;
    private final long backendPatience;
    private volatile long silentSince; // 0 while the exchange doesn't wait for the backend
    private volatile long clientDue; // 0 while the exchange doesn't wait for the client to take something
    private volatile long bodyPatience; // how long the client has for more of its body
    private volatile long bodyAwaitedSince; // 0 while nothing waits for more of the body
    private volatile long bodyMovedAt; // when a part of the body was last passed on, or had come
    private volatile boolean answering;

    /** @param backendPatience how long to wait for the backend's next byte, nanoseconds */
    ExchangeClock(long backendPatience, Time time) {
        this.time = time;
        this.backendPatience = backendPatience;
        this.startedAt = time.nanos();
        this.silentSince = startedAt | 1;
        this.bodyMovedAt = startedAt;
    }

    /** Returns now, nanoseconds. */
    final long now() {
        return time.nanos();
    }

    /** Begins the wait for the backend anew. */
    public final void waitForBackend() {
        clientDue = 0;
        silentSince = time.nanos() | 1;
    }

    /** Begins the wait for the backend anew: the head of its answer has come, its body follows. */
    final void waitForAnswersBody(long now) {
        answering = true;
        silentSince = now | 1;
    }

    /**
     * Begins the wait for the client to take what is written to it.
     *
     * @param longest how long that may last, nanoseconds, whatever else comes meanwhile
     */
    final void waitForClient(long longest) {
        silentSince = 0;
        clientDue = time.nanos() + longest | 1;
    }

    /**
     * Begins the wait for more of the request's body; meanwhile the backend may be silent. Once the answer has begun,
     * what comes of it restarts the wait: the client may be waiting for it.
     *
     * @param longest how long that may last, nanoseconds
     * @return now, nanoseconds; not 0
     */
    final long waitForBody(long longest) {
        long now = time.nanos() | 1;
        bodyPatience = longest;
        bodyAwaitedSince = now;
        return now;
    }

    /** Ends the wait for more of the body. */
    final void bodyArrived() {
        bodyAwaitedSince = 0;
        bodyMoved();
    }

    /** Notes that a part of the body is passed on: the backend's silence is counted from here. */
    final void bodyMoved() {
        bodyMovedAt = time.nanos();
    }

    /** Ends all waits. */
    final void waitForNobody() {
        silentSince = 0;
        clientDue = 0;
    }

    /**
     * Returns whether the backend has been silent for too long.
     *
     * @param resumedAt as in {@link gateway.proxy.upstream.WatchedExchange#checkDeadlines}
     */
    final boolean isBackendSilent(long now, long resumedAt) {
        long since = silentSince;
        return since != 0
                && bodyAwaitedSince == 0
                && now - since >= backendPatience
                && now - bodyMovedAt >= backendPatience
                && now - resumedAt >= backendPatience;
    }

    /** Returns whether the client has missed a deadline: to take a part of the answer, or to send more of its body. */
    final boolean isClientLate(long now, long resumedAt) {
        long due = clientDue;
        return now - resumedAt >= GRACE.toNanos() && (due != 0 && now - due >= 0 || hasBodyStalled(now));
    }

    private boolean hasBodyStalled(long now) {
        long since = bodyAwaitedSince;
        if (since == 0 || now - since < bodyPatience) {
            return false;
        }
        long answerMovedAt = silentSince; // 0 while a part of it is being written
        return !answering || answerMovedAt != 0 && now - answerMovedAt >= bodyPatience;
    }
}
