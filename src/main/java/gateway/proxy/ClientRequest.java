package gateway.proxy;

import gateway.balance.RequestView;
import gateway.client.ProxyPath;
import gateway.http.Cookies;
import gateway.proxy.upstream.WebSocketHandshake;
import gateway.route.Route;
import gateway.server.ClientEndPoint;
import gateway.server.ClientSide;
import gateway.server.ClientStream;
import gateway.trace.Trace;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;

/** What a client asked for, read once however many backends are tried. Immutable, but for the body's bytes. */
final class ClientRequest implements Exchange.Client, RequestView {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

    /** The request as Jetty has it. */
    final Request jetty;

    final HttpFields fields;
    final String method;

    /** The route that takes it. */
    final Route route;

    /** The raw path for the backend. */
    final String path;

    /** The trace of the request. */
    final Trace trace;

    /** The stream of HTTP/2 that the request came on; null if it came by HTTP/1.1. */
    final ClientStream stream;

    /** The stream or connection of the request, to watch for the client's leaving; null if it can't be watched. */
    final ClientSide client;

    /** Whether its connection is, by TLS: a target that is a whole URL may claim any scheme (RFC 9112, 3.2.2). */
    private final boolean secure;

    /** The length of its body in bytes: 0 if there is none, negative if only its end will tell. */
    final long length;

    final boolean hasBody;

    /** Whether doing it twice does no more than doing it once (RFC 9110, 9.2.2). */
    final boolean idempotent;

    /** Whether it asks for a WebSocket, and so may become a tunnel. */
    final boolean webSocket;

    /** What had come of a body of unknown length when this was made; null if there was nothing. */
    private Content.Chunk firstPart;

    ClientRequest(Request jetty, Route route, Trace trace) {
        this.jetty = jetty;
        this.fields = jetty.getHeaders();
        this.method = jetty.getMethod();
        this.route = route;
        this.path = route.pathForService(jetty.getHttpURI().getPath());
        this.trace = trace;
        ConnectionMetaData met = jetty.getConnectionMetaData();
        Connection connection = met.getConnection();
        this.stream = connection instanceof HTTP2Connection http2 ? ClientStream.of(jetty, http2) : null;
        this.client = stream != null ? stream : ClientEndPoint.below(connection.getEndPoint());
        this.secure = met.isSecure();
        long announced = jetty.getLength();
        boolean untilItsEnd = fields.contains(HttpHeader.TRANSFER_ENCODING)
                || announced < 0 && stream != null; // whether it has ended by now doesn't say that it had no body
        this.firstPart = untilItsEnd && announced <= 0 ? jetty.read() : null;
        this.length = announced > 0 ? announced : untilItsEnd && !isEnd(firstPart) ? -1 : 0;
        this.hasBody = length != 0;
        this.idempotent = IDEMPOTENT.contains(method);
        this.webSocket = fields.contains(HttpHeader.UPGRADE) && WebSocketHandshake.isIn(jetty);
    }

    /** Returns whether a body has ended before it began: some clients send the framing of one with each request. */
    private static boolean isEnd(Content.Chunk part) {
        return part != null && part.isLast() && !part.hasRemaining() && !Content.Chunk.isFailure(part);
    }

    @Override
    public InetAddress client() {
        return trace.client();
    }

    @Override
    public String header(String name) {
        return fields.get(name);
    }

    @Override
    public List<String> cookies(String name) {
        return Cookies.values(fields.getValuesList(HttpHeader.COOKIE), name);
    }

    @Override
    public boolean isSecure() {
        return scheme().equals("https");
    }

    /** Returns how the client came, {@code http} or {@code https}: by its own connection, or as a trusted proxy says. */
    String scheme() {
        ProxyPath through = trace.proxyPath();
        return through != null && through.proto() != null ? through.proto() : secure ? "https" : "http";
    }

    /** Returns the host that the client asked for, with its port, or that a trusted proxy says; null if there is none. */
    String host() {
        ProxyPath through = trace.proxyPath();
        return through != null && through.host() != null ? through.host() : fields.get(HttpHeader.HOST);
    }

    /** Returns what comes next of the body; null if nothing has arrived. */
    Content.Chunk read() {
        Content.Chunk first = firstPart;
        if (first == null) {
            return jetty.read();
        }
        firstPart = null;
        return first;
    }

    /** Lets go of what has been read of the body and passed to no backend. */
    void discardBody() {
        Content.Chunk first = firstPart;
        if (first != null) {
            firstPart = null;
            first.release();
        }
    }

    /** Returns whether the connection is kept after the answer, so that its end doesn't end the answer. */
    boolean isPersistent() {
        return jetty.getConnectionMetaData().isPersistent();
    }

    /** Returns whether the client accepts trailers after a chunked body (RFC 9110, 6.5.1). */
    boolean takesTrailers() {
        return fields.contains(HttpHeader.TE, "trailers")
                && jetty.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0;
    }

    /**
     * Fails the read or write that waits for the client, as if nothing at all had come from it. If something has just
     * come and is being read, Jetty would fail the whole request and read on by itself, in the middle of that read. The
     * listener, which always says no, prevents that.
     */
    @Override
    public void missedDeadline(boolean firstTime) {
        if (firstTime) {
            jetty.addIdleTimeoutListener(timeout -> false);
        }
        fail(jetty, "the client missed its deadline");
    }

    /** Withdraws the demand for more of the body: Jetty would take one that is left for an error. */
    void stopWaiting() {
        jetty.addIdleTimeoutListener(timeout -> false);
        fail(jetty, "no more of the body is needed");
        Content.Chunk failure = jetty.read(); // or what has come just now
        if (failure != null) {
            failure.release();
        }
    }

    private static void fail(Request jetty, String reason) {
        Runnable failing = HttpChannel.from(jetty)
                .onIdleTimeout(new TimeoutException(reason))
                .action();
        if (failing != null) {
            failing.run();
        }
    }
}
