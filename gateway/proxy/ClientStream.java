package gateway.proxy;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * The HTTP/2 stream that a request came on. Jetty goes on reading the connection while a request is being worked on, so
 * a client that cancels one is heard at once. Breaking off resets the stream and leaves the connection's others be.
 */
final class ClientStream implements ClientSide {
    private static final long NO_TIMEOUT = -1;

    private final HTTP2Stream stream;
    private final long idleTimeout;
    private volatile Runnable onPeerGone;
    private volatile boolean gone;
    private volatile boolean untimed;

    private ClientStream(HTTP2Stream stream) {
        this.stream = stream;
        this.gone = stream == null;
        this.idleTimeout = gone ? NO_TIMEOUT : stream.getIdleTimeout();
    }

    /** The stream of this request, watched from now on. */
    static ClientStream of(Request request, HTTP2Connection connection) {
        ClientStream client = new ClientStream(connection.getSession().getStream(Integer.parseInt(request.getId())));
        request.addFailureListener(failure -> client.hasGone());
        request.addIdleTimeoutListener(timeout -> client.isToBlame());
        return client;
    }

    /**
     * Called when nothing has passed for a while though nobody reads from or writes to it: it is the service that is silent,
     * and has a time of its own. The next time Jetty would reset the stream without asking, so there is none.
     */
    private boolean isToBlame() {
        untimed = true;
        setIdleTimeout(NO_TIMEOUT);
        return false;
    }

    @Override
    public void awaited() {
        if (untimed) {
            untimed = false;
            setIdleTimeout(idleTimeout);
        }
    }

    @Override
    public long getIdleTimeout() {
        return idleTimeout;
    }

    @Override
    public void setIdleTimeout(long millis) {
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

    /** A request whose headers don't end its stream has a body, if only an empty one (RFC 9113, 8.1). */
    @Override
    public boolean mayHaveBody() {
        return stream != null && !stream.isRemotelyClosed();
    }

    @Override
    public void abort(boolean byReset) {
        if (stream != null) {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.INTERNAL_ERROR.code), Callback.NOOP);
        }
    }
}
