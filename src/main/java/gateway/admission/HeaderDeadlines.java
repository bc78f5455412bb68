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
 * Ends connections on which a request's header takes too long in all, however steadily its bytes drip: Jetty's own
 * timeout begins anew with each of them. A header that has begun is answered with 408; where nothing has come since
 * the connection began, or no HTTP yet (TLS's handshake), it is closed without a word.
 *
 * <p>By HTTP/2, a request begins here when its header has come whole. A connection with none under way is asked to go
 * (GOAWAY, RFC 9113, 6.8) when it may be idle no longer, whatever frames come: pings or a header in many small pieces.
 *
 * <p>One timer looks at all connections now and then and remembers those that it found waiting, so requests whose header
 * comes in one piece, as nearly all do, cost nothing. An end comes a {@link #PAUSE} late at most. Used by one thread.
 */
final class HeaderDeadlines {
    /** How often {@link #tick} is to be called. */
    static final Duration PAUSE = Duration.ofMillis(100);

    /** Why a connection was closed: it began and said nothing. */
    static final String SILENT = "silent-connection";

    /** What a connection was waiting for when it was first seen so: the header of its nth request. */
    private record Waiting(long request, long since) {}

    private final long timeout;
    private final long idleTimeout;
    private final Refusals answered;
    private final Refusals closed;
    private final Time time;
    private Map<EndPoint, Waiting> waiting = new HashMap<>();

    /**
     * @param timeout from a header's first byte, or a connection's beginning, to the header's end
     * @param idleTimeout how long a connection of HTTP/2 may be without a request after its first
     * @param answered counts the connections that were told why
     * @param closed counts the others
     */
    HeaderDeadlines(Duration timeout, Duration idleTimeout, Refusals answered, Refusals closed, Time time) {
        this.timeout = timeout.toNanos();
        this.idleTimeout = idleTimeout.toNanos();
        this.answered = answered;
        this.closed = closed;
        this.time = time;
    }

    /** Ends those of the connections that have waited for too long by now. */
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
                } catch (RuntimeException e) { // it takes not even this
                    connection.close();
                }
            }
        }
        waiting = still; // what has gone is forgotten with it
    }

    private static EndPoint overTls(EndPoint connection) {
        return connection.getConnection() instanceof SslConnection tls ? tls.getSslEndPoint() : connection;
    }

    private long timeout(Connection connection, long request) {
        return connection instanceof HTTP2Connection && request > 0 ? idleTimeout : timeout;
    }

    /** The number of the request whose header is being waited for; negative if none is. */
    private static long awaited(Connection connection) {
        if (connection instanceof HttpConnection http) {
            HttpParser parser = http.getParser();
            boolean first = parser.isStart() && http.getMessagesIn() == 0;
            return first || isInHeader(parser) ? http.getMessagesIn() : -1;
        }
        if (connection instanceof HTTP2Connection http2) {
            return http2.getSession().getStreamCount() == 0 ? http2.getSession().getStreamsOpened() : -1;
        }
        // What comes before HTTP: a PROXY header, TLS's handshake. What comes instead of it has timeouts of its own.
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
            connection.close(); // below TLS, which would say a word
        }
    }

    /** Whether it has, and wasn't asked to go in vain. */
    private static boolean hasAsked(HTTP2Session session) {
        return session.getStreamsOpened() > 0 && session.getCloseState() == CloseState.NOT_CLOSED;
    }

    /** Written past Jetty, for which there is no request yet that could be answered. */
    private static ByteBuffer answer(Problem problem) {
        byte[] body = problem.json("/"); // which path is asked for may not have come yet
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
