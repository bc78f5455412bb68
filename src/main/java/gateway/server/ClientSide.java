package gateway.server;

import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;

/** What a request came on, as far as its exchange has to do with it: a connection, or one of HTTP/2's streams in it. */
public interface ClientSide {
    /** What this request came on; null if it can't be watched. */
    static ClientSide of(HttpServletRequest request) {
        ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
        Connection connection = jetty.getConnectionMetaData().getConnection();
        return connection instanceof HTTP2Connection http2
                ? ClientStream.of(jetty, http2)
                : ClientEndPoint.below(connection.getEndPoint());
    }

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
