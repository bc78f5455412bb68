package gateway.proxy;

import gateway.http.ProxyError;
import gateway.registry.Backend;
import gateway.server.ClientSide;
import gateway.trace.Attempt;
import java.io.IOException;
import okhttp3.Connection;

/**
 * One sending of a request to one backend: what is known of its progress, written by the request's thread and read by
 * {@link IdleTimeouts}, which may cancel it, as may the selector that sees the client leave. It is always either the
 * backend's turn or the client's, and each has a time.
 */
final class Exchange implements Runnable {
    /** Why an attempt was cancelled from outside. */
    enum Cancelled {
        /** The backend was silent for too long. */
        TIMED_OUT,
        /** Nobody is there any more to read the answer. */
        CLIENT_GONE
    }

    /** What it is an attempt at. */
    interface Asked {
        /** What it came on; null if that can't be watched. */
        ClientSide client();

        /** Has the reading or writing that waits for the client fail, if it does wait at this moment. */
        void isLate();
    }

    private final Backend backend;
    private final Asked request;
    private final ClientSide client;
    private final long startedAt;
    private Runnable cancelStep; // guarded by this
    private boolean over; // guarded by this
    private volatile Cancelled cancelled;
    private volatile long silentSince;
    private volatile long clientDue;
    private volatile boolean clientIsIdle;
    private Connection connection;
    private boolean answered;
    private int status;
    private Runnable onAnswer = () -> {};
    private boolean bodyConsumed;
    private IOException clientFailure;
    private Tunnel tunnel;

    Exchange(Backend backend, Asked request, long now) {
        this.backend = backend;
        this.request = request;
        this.client = request.client();
        this.startedAt = now;
    }

    Backend backend() {
        return backend;
    }

    /** @param step ends what is under way, by closing its connection */
    synchronized void cancelledBy(Runnable step) {
        cancelStep = step;
        if (cancelled != null) { // while there was nothing to cancel yet
            step.run();
        }
    }

    /** A connection to the backend stands; from here on the request may have been sent. */
    void connected(Connection connection) {
        this.connection = connection;
    }

    /** The connection it rides on; null while there is none. */
    Connection connection() {
        return connection;
    }

    /** Head and all of an answer's header block have come. */
    void answered() {
        answered = true;
        onAnswer.run();
    }

    /** The answer's status, which came at this time, nanoseconds. */
    void answered(int status, long now) {
        this.status = status;
        backend.latency().record(now - startedAt);
    }

    /**
     * What is told of it once it has ended.
     *
     * @param failed why it brought no whole answer; null if it did
     */
    Attempt hop(boolean reused, Failed failed, long now) {
        if (failed == null) {
            return new Attempt(backend, startedAt, now, reused, status, null, null);
        }
        return isClientGone()
                ? new Attempt(backend, startedAt, now, reused, status, "the client left", null)
                : new Attempt(backend, startedAt, now, reused, status, failed.words(), failed.error());
    }

    /** What is told of it when the gateway itself failed at it. */
    Attempt brokenHop(boolean reused, long now) {
        return new Attempt(
                backend, startedAt, now, reused, status, "the gateway failed", ProxyError.PROXY_INTERNAL_ERROR);
    }

    boolean isAnswered() {
        return answered;
    }

    /** Has this called once an answer has begun. */
    void onAnswer(Runnable step) {
        onAnswer = step;
    }

    /** What the request came on; null if it can't be watched. */
    ClientSide client() {
        return client;
    }

    /** From now on it is the backend's turn: its silence counts. */
    void waitForBackend(long now) {
        clientDue = 0;
        silentSince = now | 1; // 0 means: not waiting
    }

    /**
     * From now on it is the client's turn: to send more of its body, or to take what is written to it.
     *
     * @param patience how long that may last, nanoseconds, whatever else comes meanwhile
     */
    void waitForClient(long now, long patience) {
        silentSince = 0;
        clientDue = now + patience | 1;
    }

    /** Part of the request's body has been read from the client and can't be read again. */
    void bodyConsumed() {
        bodyConsumed = true;
    }

    boolean isBodyConsumed() {
        return bodyConsumed;
    }

    /** The client has sent all it will: whatever comes from it now is its leaving or its next request. */
    void clientIsIdle() {
        clientIsIdle = true;
        if (client != null) {
            client.onPeerGone(this);
        }
    }

    /**
     * It is over: its connection may be another's from now on, and is none of its business any more.
     *
     * @return whether the connection is intact, as far as this attempt has to do with it
     */
    synchronized boolean ended() {
        cancelStep = null;
        over = true;
        if (client != null) {
            client.onPeerGone(null);
        }
        return cancelled == null;
    }

    /** The client has left. */
    @Override
    public void run() {
        cancel(Cancelled.CLIENT_GONE);
    }

    /** It has become a tunnel, in which either side may be silent and what the client sends is the backend's. */
    void tunnel(Tunnel tunnel) {
        this.tunnel = tunnel;
        silentSince = 0;
        clientDue = 0;
        clientIsIdle = false;
        ended();
    }

    /** What it has become; null if it is a request and its answer. */
    Tunnel tunnel() {
        return tunnel;
    }

    /** Reading from or writing to the client failed; returns the failure to throw on. */
    IOException clientFailed(IOException failure) {
        clientFailure = failure;
        return failure;
    }

    /** What went wrong at reading from or writing to the client; null if nothing did. */
    IOException clientFailure() {
        return clientFailure;
    }

    /** Whether the client rather than the backend broke the exchange. */
    boolean isClientGone() {
        return clientFailure != null || cancelled == Cancelled.CLIENT_GONE;
    }

    boolean isTimedOut() {
        return cancelled == Cancelled.TIMED_OUT;
    }

    /** Whether the backend has been silent for this long, nanoseconds. */
    boolean isSilentFor(long timeout, long now) {
        long since = silentSince;
        return since != 0 && now - since >= timeout;
    }

    /** Whether the client has let its turn pass. */
    boolean isClientLate(long now) {
        long due = clientDue;
        return due != 0 && now - due >= 0;
    }

    /** Has what waits for the client fail, from another thread; called again as long as {@link #isClientLate}. */
    synchronized void clientIsLate() {
        if (!over) { // else what the request came on may be another's already
            request.isLate();
        }
    }

    /** Whether the client has left; asked only after the attempt has lasted a while, since asking costs a system call. */
    boolean hasLostClient(long now, long patience) {
        return clientIsIdle
                && client != null
                && !client.tellsOfLeaving()
                && now - startedAt >= patience
                && client.isPeerGone();
    }

    /** Ends the attempt from another thread: the connection to the backend is closed. */
    synchronized void cancel(Cancelled reason) {
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
