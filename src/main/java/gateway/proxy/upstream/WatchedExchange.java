package gateway.proxy.upstream;

import gateway.net.ChannelSelector;

/**
 * An exchange, as the connection that carries it sees it: others may cancel it, and its deadlines are checked now and
 * then.
 */
public interface WatchedExchange {
    /**
     * Sets how to cancel the exchange. If it has been cancelled already, this happens at once.
     *
     * @param step closes the connection; may be called by any thread
     */
    void cancelledBy(Runnable step);

    /** Returns the selector that tells when its backend has sent something; null if none does. */
    ChannelSelector selector();

    /** Restarts the wait for the backend: so far it was for a connection, which is open now. */
    void waitForBackend();

    /**
     * Ends the exchange if a deadline has passed. Called by a timer's thread.
     *
     * @param now nanoseconds of the gateway's time
     * @param resumedAt when the gateway last stood still for a while and went on, nanoseconds: the silence before that
     * is nobody's failure, since what came meanwhile couldn't be read
     */
    void checkDeadlines(long now, long resumedAt);

    /** Ends the exchange, since its client is about to be left. */
    void abandon();
}
