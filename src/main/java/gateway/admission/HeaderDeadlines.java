package gateway.admission;

import gateway.http.Problem;
import gateway.http.Refusals;
import gateway.util.Time;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http2.CloseState;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Ends connections on which a request's header takes too long in all, even if bytes keep trickling in (slowloris):
 * Jetty's own timeout begins anew with each byte. If the header has begun, the answer is 408; if nothing has come since
 * the connection began, or no HTTP yet (a TLS handshake), it is closed without an answer.
 *
 * <p>With HTTP/2, a request begins when its header is complete. A connection without requests under way gets a GOAWAY
 * (RFC 9113, 6.8) after the idle timeout, whatever frames keep coming, such as pings or a header in many small pieces.
 *
 * <p>One timer regularly checks all connections and remembers those that wait for a header; so requests whose header
 * comes in one piece, as nearly all do, cost nothing. A connection ends at most a {@link #PAUSE} late. Used by one
 * thread.
 */
final class HeaderDeadlines {
    /** The pause between calls of {@link #tick}. */
    static final Duration PAUSE = Duration.ofMillis(100);

    /** The reason for closing a connection on which nothing came. */
    static final String SILENT = "silent-connection";

    /**
     * A connection that waits for a header.
     *
     * @param request the number of the request on this connection
     * @param since when it was first seen waiting
     */
    private record Waiting(long request, long since) {}

    private final long timeout;
    private final long idleTimeout;
    private final Refusals answered;
    private final Refusals closed;
    private final Time time;
    private Map<EndPoint, Waiting> waiting = new HashMap<>();

    /**
     * @param timeout from a header's first byte, or a connection's beginning, to the header's end
     * @param idleTimeout how long an HTTP/2 connection may be without a request after its first
     * @param answered counts the connections that got an answer
     * @param closed counts the connections that were closed without one
     */
    HeaderDeadlines(Duration timeout, Duration idleTimeout, Refusals answered, Refusals closed, Time time) {
        this.timeout = timeout.toNanos();
        this.idleTimeout = idleTimeout.toNanos();
        this.answered = answered;
        this.closed = closed;
        this.time = time;
    }

    /** Ends the connections that have waited too long. */
    void tick(Collection<EndPoint> connections) {
        long now = time.nanos();
        Map<EndPoint, Waiting> still = new HashMap<>();
        for (EndPoint connection : connections) {
            EndPoint http = overTls(connection);
            long request = awaited(http.getConnection());
            if (request < 0) {
                continue;
            }
            Waiting before = waiting.get(connection);
            Waiting found = before != null && before.request() == request ? before : new Waiting(request, now);
            if (now - found.since() < timeout(http.getConnection(), request)) {
                still.put(connection, found);
            } else {
                try {
                    end(connection, http);
                } catch (RuntimeException e) { // not even that is possible
                    connection.close();
                }
            }
        }
        waiting = still; // forgets the connections that have ended
    }

    private static EndPoint overTls(EndPoint connection) {
        return connection.getConnection() instanceof SslConnection tls ? tls.getSslEndPoint() : connection;
    }

    private long timeout(Connection connection, long request) {
        return connection instanceof HTTP2Connection && request > 0 ? idleTimeout : timeout;
    }

    /** Returns the number of the request whose header the connection waits for; negative if it doesn't. */
    private static long awaited(Connection connection) {
        if (connection instanceof HttpConnection http) {
            HttpParser parser = http.getParser();
            boolean first = parser.isStart() && http.getMessagesIn() == 0;
            return first || isInHeader(parser) ? http.getMessagesIn() : -1;
        }
        if (connection instanceof HTTP2Connection http2) {
            return http2.getSession().getStreamCount() == 0 ? http2.getSession().getStreamsOpened() : -1;
        }
        // Before HTTP come a PROXY header and the TLS handshake. Protocols in place of HTTP have their own timeouts.
        return connection instanceof Connection.UpgradeFrom || connection instanceof NegotiatingServerConnection
                ? 0
                : -1;
    }

    private static boolean isInHeader(HttpParser parser) {
        return parser.inHeaderState() && !parser.isStart();
    }

    private void end(EndPoint connection, EndPoint http) {
        if (http.getConnection() instanceof HttpConnection reading && isInHeader(reading.getParser())) {
            Problem problem = Problem.lateHeader();
            answered.count(problem.slug());
            http.write(Callback.from(http::close), answer(problem));
        } else if (http.getConnection() instanceof HTTP2Connection reading && hasAsked(reading.getSession())) {
            reading.getSession().close(ErrorCode.NO_ERROR.code, "idle", Callback.NOOP);
        } else {
            closed.count(SILENT);
            connection.close(); // below TLS, which would send an alert
        }
    }

    /** Returns whether the session has had a request and no GOAWAY yet. */
    private static boolean hasAsked(HTTP2Session session) {
        return session.getStreamsOpened() > 0 && session.getCloseState() == CloseState.NOT_CLOSED;
    }

    /** Returns the answer as bytes, to bypass Jetty, which has no request yet that it could answer. */
    private static ByteBuffer answer(Problem problem) {
        byte[] body = problem.json("/"); // the path may not have arrived yet
        ByteBuffer head = BufferUtil.toBuffer(
                "HTTP/1.1 408 Request Timeout\r\nContent-Type: " + Problem.CONTENT_TYPE + "\r\nContent-Length: "
                        + body.length + "\r\nConnection: close\r\n\r\n",
                StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.remaining() + body.length)
                .put(head)
                .put(body)
                .flip();
    }
}
