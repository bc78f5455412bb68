package gateway.server;

/** What a request came on, as far as its exchange has to do with it: a connection, or one of HTTP/2's streams in it. */
public interface ClientSide {
    /**
     * Has this called when the client leaves while its request is being worked on; null for nobody. Unless
     * {@link #tellsOfLeaving} is true, {@link #isPeerGone} must be asked.
     */
    void onPeerGone(Runnable step);

    /** Whether what was given to {@link #onPeerGone} will be called without further asking. */
    boolean tellsOfLeaving();

    /** Whether the client has left, as far as is known here. Doesn't wait. */
    boolean isPeerGone();

    /** How long Jetty lets it send nothing when it is read from, or take nothing when it is written to, milliseconds. */
    long getIdleTimeout();

    /** Sets that. */
    void setIdleTimeout(long millis);

    /**
     * Breaks off in the middle of an answer.
     *
     * @param byReset whether the answer has neither a length nor chunks, so that only a reset tells the client that
     *     this is not its end
     */
    void abort(boolean byReset);
}
