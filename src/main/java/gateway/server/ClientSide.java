package gateway.server;

import gateway.net.ChannelSelector;

/** The client's side of an exchange: the connection or the HTTP/2 stream that the request came on. */
public interface ClientSide {
    /**
     * Sets the action to call when the client leaves while its request is under way; null for none. Unless {@link
     * #tellsOfLeaving}, {@link #isPeerGone} must be polled.
     */
    void onPeerGone(Runnable step);

    /** Returns whether the action of {@link #onPeerGone} is called without polling {@link #isPeerGone}. */
    boolean tellsOfLeaving();

    /** Returns whether the client has left, as far as is known here. Doesn't wait. */
    boolean isPeerGone();

    /** Returns the selector of the connection, for others that are read for its requests; null if it takes none. */
    ChannelSelector selector();

    /**
     * Suspends Jetty's idle timeout until {@link #end}: the exchange has deadlines of its own. Jetty's runs also while
     * only the service is silent, and would fail what is written at the moment when it expires.
     */
    void begin();

    /** Gives Jetty its timeout back, which begins anew. */
    void end();

    /**
     * Prepares for an answer whose header is this large.
     *
     * @param bytes the size as HTTP/2 counts it (RFC 9113, 6.5.2)
     */
    void expectHeader(int bytes);

    /**
     * Aborts the connection or stream in the middle of an answer.
     *
     * @param byReset whether the answer has neither a length nor chunks, so that only a reset tells the client that
     * this is not its end
     */
    void abort(boolean byReset);

    /** Closes the connection, with all its streams: it takes nothing any more, not even the reset of one of them. */
    void closeConnection();
}
