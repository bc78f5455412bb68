package gateway.server;

/** What a request came on, as far as its exchange has to do with it: a connection, or one of HTTP/2's streams in it. */
public interface ClientSide {
    /**
     * Sets what to call when the client leaves while its request is being worked on; null for nothing. Unless
     * {@link #tellsOfLeaving}, only asking {@link #isPeerGone} finds out.
     */
    void onPeerGone(Runnable step);

    /** Returns whether the action of {@link #onPeerGone} is called without polling {@link #isPeerGone}. */
    boolean tellsOfLeaving();

    /** Returns whether the client has left, as far as is known here. Doesn't wait. */
    boolean isPeerGone();

    /** Returns how long Jetty waits when it reads from the client or writes to it, milliseconds. */
    long getIdleTimeout();

    /** Sets how long Jetty waits, milliseconds. */
    void setIdleTimeout(long millis);

    /**
     * Aborts the connection or stream in the middle of an answer.
     *
     * @param byReset whether the answer has neither a length nor chunks, so that only a reset tells the client that
     * this is not its end
     */
    void abort(boolean byReset);
}
