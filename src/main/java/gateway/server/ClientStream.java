package gateway.server;

import gateway.net.ChannelSelector;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * The HTTP/2 stream that a request came on. Jetty keeps reading the connection while a request is under way, so a
 * cancelled request is noticed at once. Aborting resets only this stream.
 */
public final class ClientStream implements ClientSide {
    private static final long NO_TIMEOUT = -1;

    private final HTTP2Connection connection;
    private final ClientEndPoint below; // null if it is of another kind
    private final HTTP2Stream stream;
    private final long idleTimeout;
    private volatile Runnable onPeerGone;
    private volatile boolean gone;

    private ClientStream(HTTP2Connection connection, HTTP2Stream stream) {
        this.connection = connection;
        this.below = ClientEndPoint.below(connection.getEndPoint());
        this.stream = stream;
        this.gone = stream == null;
        this.idleTimeout = gone ? NO_TIMEOUT : stream.getIdleTimeout();
    }

    /** Returns the stream of this request, watched from now on. */
    public static ClientStream of(Request request, HTTP2Connection connection) {
        HTTP2Stream stream = connection.getSession().getStream(Integer.parseInt(request.getId()));
        ClientStream client = new ClientStream(connection, stream);
        request.addFailureListener(failure -> client.hasGone());
        return client;
    }

    @Override
    public ChannelSelector selector() {
        return below == null ? null : below.selector();
    }

    /** Suspends the timeouts of the stream, after which Jetty would not report that the client has left, and below. */
    @Override
    public void begin() {
        setIdleTimeout(NO_TIMEOUT);
        if (below != null) {
            below.begin();
        }
    }

    @Override
    public void end() {
        setIdleTimeout(idleTimeout);
        if (below != null) {
            below.end();
        }
    }

    private void setIdleTimeout(long millis) {
        if (stream != null) {
            stream.setIdleTimeout(millis);
        }
    }

    private void hasGone() {
        gone = true;
        Runnable step = onPeerGone;
        if (step != null) {
            step.run();
        }
    }

    @Override
    public void onPeerGone(Runnable step) {
        onPeerGone = step;
        if (step != null && isPeerGone()) { // meanwhile
            step.run();
        }
    }

    @Override
    public boolean tellsOfLeaving() {
        return true;
    }

    @Override
    public boolean isPeerGone() {
        return gone || stream.isResetOrFailed();
    }

    @Override
    public void expectHeader(int bytes) {
        Http2.expectHeader(connection, bytes);
    }

    @Override
    public void abort(boolean byReset) {
        if (stream != null) {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.INTERNAL_ERROR.code), Callback.NOOP);
        }
    }

    @Override
    public void closeConnection() {
        connection.getEndPoint().close();
    }
}
