package gateway.proxy;

import gateway.http.ProxyError;
import gateway.net.ChannelSelector;
import gateway.proxy.upstream.WatchedExchange;
import gateway.registry.Backend;
import gateway.server.ClientSide;
import gateway.trace.Attempt;
import gateway.util.Time;
import java.io.IOException;
import java.time.Duration;

/**
 * One attempt to send a request to one backend: its clock and its outcome.
 *
 * <p>Written by the request's thread, and by the one that passes the rest of a body. A timer checks the deadlines of all
 * exchanges now and then, which costs less than a timeout around each read; so a missed one is noticed a {@link
 * #CHECK_PAUSE} late at most. Jetty has timeouts of its own, but anything that comes restarts them, even the extension
 * of a chunk or an empty frame. The timer may cancel the exchange; so may the selector, when it sees the client leave.
 */
final class Exchange extends ExchangeClock implements WatchedExchange, Runnable {
    /** How often {@link #checkDeadlines} is to be called. */
    static final Duration CHECK_PAUSE = Duration.ofMillis(50);

    /** Why an exchange was cancelled from outside. */
    private enum Cancelled {
        /** The backend was silent for too long. */
        TIMED_OUT,
        /** The client has left, or is left. */
        CLIENT_GONE
    }

    /** Whom the answer is for. */
    interface Client {
        /**
         * Fails the reading or writing that waits for the client, if any does at this moment.
         *
         * @param firstTime whether this is the first call for this exchange
         */
        void missedDeadline(boolean firstTime);
    }

    final Backend backend;
    private final Client client;
    private final ClientSide side;
    private final Runnable onAnswer;
    private Runnable cancelStep; // guarded by this
    private boolean over; // guarded by this
    private LateClient late; // of the timer's thread; null until the client has missed a deadline
    private volatile Cancelled cancelled;
    private volatile boolean clientIsIdle;
    private int status; // 0 until an answer has begun
    private boolean bodyConsumed;
    private volatile IOException clientFailure;

    /**
     * @param side what the request came on; null if that can't be watched
     * @param backendPatience how long to wait for the backend's next byte, nanoseconds
     * @param onAnswer called when an answer has begun, and when the exchange is over; null for nobody
     */
    Exchange(Backend backend, Client client, ClientSide side, long backendPatience, Time time, Runnable onAnswer) {
        super(backendPatience, time);
        this.backend = backend;
        this.client = client;
        this.side = side;
        this.onAnswer = onAnswer;
    }

    @Override
    public ChannelSelector selector() {
        return side == null ? null : side.selector();
    }

    @Override
    public synchronized void cancelledBy(Runnable step) {
        cancelStep = step;
        if (cancelled != null) { // while there was nothing to cancel yet
            step.run();
        }
    }

    /** Notes that the whole body has been passed on. */
    void bodySent() {
        bodyMoved();
        clientIsIdle();
    }

    /**
     * Notes that the client has sent its whole request: whatever comes now is its next request or a sign that it
     * leaves.
     */
    void clientIsIdle() {
        clientIsIdle = true;
        if (side != null) {
            side.onPeerGone(this);
        }
    }

    /** Notes that the head of a valid answer has come; its body follows. */
    void answered(int status) {
        this.status = status;
        long now = now();
        backend.latency().record(now - startedAt);
        waitForAnswersBody(now);
        if (onAnswer != null) {
            onAnswer.run();
        }
    }

    /** Notes that a part of the request's body has been read from the client and can't be read again. */
    void bodyConsumed() {
        bodyConsumed = true;
    }

    boolean isBodyConsumed() {
        return bodyConsumed;
    }

    /** Notes that reading from or writing to the client failed; returns the failure to throw. */
    IOException clientFailed(IOException failure) {
        clientFailure = failure;
        return failure;
    }

    /** Returns why reading from or writing to the client failed; null if it didn't. */
    IOException clientFailure() {
        return clientFailure;
    }

    /** Returns whether the client, rather than the backend, broke the exchange. */
    boolean isClientGone() {
        return clientFailure != null || cancelled == Cancelled.CLIENT_GONE;
    }

    /** Returns whether the backend was silent for too long. */
    boolean isTimedOut() {
        return cancelled == Cancelled.TIMED_OUT;
    }

    /**
     * Ends the exchange and lets go of its connection, which may serve another exchange from now on; returns whether
     * that is intact, as far as this exchange has to do with it.
     */
    boolean end() {
        if (onAnswer != null) {
            onAnswer.run();
        }
        synchronized (this) {
            cancelStep = null;
            over = true;
            if (side != null) {
                side.onPeerGone(null);
            }
            return cancelled == null;
        }
    }

    /** Ends it because a tunnel begins, in which either side may be silent and the client's bytes go to the backend. */
    void becomeTunnel() {
        waitForNobody();
        clientIsIdle = false;
        end();
    }

    /**
     * Returns what became of it, for the request's trace.
     *
     * @param reused whether its connection had served an exchange before
     * @param failure why it brought no whole answer; null if it did
     */
    Attempt outcome(boolean reused, Failure failure) {
        long now = now();
        if (failure == null) {
            return new Attempt(backend, startedAt, now, reused, status, null, null);
        }
        return isClientGone()
                ? new Attempt(backend, startedAt, now, reused, status, "the client left", null)
                : new Attempt(backend, startedAt, now, reused, status, failure.words(), failure.error());
    }

    /** Counts what the backend has answered; called once, when nothing more will come, unless it has failed. */
    void countAnswer() {
        backend.load().countAnswer(status);
    }

    /** Returns what became of it when the gateway itself failed at it. */
    Attempt gatewayFailed(boolean reused) {
        return new Attempt(
                backend, startedAt, now(), reused, status, "the gateway failed", ProxyError.PROXY_INTERNAL_ERROR);
    }

    @Override
    public void checkDeadlines(long now, long resumedAt) {
        if (isBackendSilent(now, resumedAt)) {
            cancel(Cancelled.TIMED_OUT);
        } else if (isClientLate(now, resumedAt)) {
            failWaitingClient(now);
        } else {
            if (late != null) {
                late.isInTime();
            }
            if (hasLostClient(now)) {
                cancel(Cancelled.CLIENT_GONE);
            }
        }
    }

    /** Called again as long as the exchange waits. */
    private synchronized void failWaitingClient(long now) {
        if (over) { // the client's connection may serve another request already
            return;
        }
        if (late == null) {
            late = new LateClient(client, side);
        }
        late.fail(now);
    }

    /**
     * Returns whether the client has left; checks only after the exchange has lasted a while, since that costs a system
     * call.
     */
    private boolean hasLostClient(long now) {
        return clientIsIdle
                && side != null
                && !side.tellsOfLeaving()
                && now - startedAt >= CHECK_PAUSE.toNanos()
                && side.isPeerGone();
    }

    /** The client has left. */
    @Override
    public void run() {
        abandon();
    }

    @Override
    public void abandon() {
        cancel(Cancelled.CLIENT_GONE);
    }

    /** The connection to the backend is closed. */
    private synchronized void cancel(Cancelled reason) {
        if (cancelled == null) {
            cancelled = reason;
            breakOff();
        }
    }

    /** Closes the connection to the backend, whatever is still under way on it. */
    synchronized void breakOff() {
        if (cancelStep != null) {
            cancelStep.run();
        }
    }
}
