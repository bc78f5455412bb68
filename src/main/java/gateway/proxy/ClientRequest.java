package gateway.proxy;

import gateway.client.ProxyPath;
import gateway.http.Via;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.server.ClientSide;
import gateway.server.ClientStream;
import gateway.settings.Bounds;
import gateway.trace.RequestIds;
import gateway.trace.Trace;
import gateway.trace.TraceContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpChannel;

/** A client's request on its way to a backend: what of it goes on, made once however many backends are tried. */
final class ClientRequest implements Exchange.Asked {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");
    private static final Set<String> NEED_A_BODY = Set.of("POST", "PUT", "PATCH", "PROPPATCH", "QUERY", "REPORT");

    /** Belongs to the client's traceparent: without a valid one it says nothing (Trace Context, 3.3). */
    private static final String TRACE_STATE = "tracestate";

    private final HttpServletRequest request;
    private final ClientSide client;
    private final HttpFields fields;
    private final String path;
    private final Trace trace;
    private final Headers headers;
    private final boolean hasBody;
    private final boolean webSocket;
    private boolean late; // of the one thread that finds it so

    /**
     * @param path the raw path that the backend shall see
     * @param trace what is told of it
     * @param via what this gateway writes into it
     */
    ClientRequest(HttpServletRequest request, String path, Trace trace, Via via) {
        this.request = request;
        this.client = ClientSide.of(request);
        this.fields = ServletContextRequest.getServletContextRequest(request).getHeaders();
        this.path = path;
        this.trace = trace;
        this.hasBody = request.getContentLengthLong() > 0 || hasBodyOfUnknownLength();
        this.webSocket = WebSocketHandshake.isIn(request, fields);
        this.headers = headersForBackend(via);
    }

    private boolean hasBodyOfUnknownLength() {
        return fields.contains(HttpHeader.TRANSFER_ENCODING)
                || client != null && client.mayHaveBody() && request.getContentLengthLong() < 0;
    }

    @Override
    public ClientSide client() {
        return client;
    }

    HttpServletRequest servletRequest() {
        return request;
    }

    String method() {
        return request.getMethod();
    }

    Trace trace() {
        return trace;
    }

    boolean hasBody() {
        return hasBody;
    }

    /** Whether it asks for a WebSocket, and so may become a {@link Tunnel}. */
    boolean isWebSocket() {
        return webSocket;
    }

    /** Whether doing it twice does no more than doing it once (RFC 9110, 9.2.2). */
    boolean isIdempotent() {
        return IDEMPOTENT.contains(method());
    }

    /** Whether the connection is kept after the answer, so that its end doesn't end the answer. */
    boolean isPersistent() {
        return ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .isPersistent();
    }

    /** Whether the client said that it reads what follows a chunked body (RFC 9110, 6.5.1). */
    boolean takesTrailers() {
        return fields.contains(HttpHeader.TE, "trailers")
                && !request.getProtocol().equals("HTTP/1.0");
    }

    /** Whether it may be sent once only: doing it twice would do more, or its body can't be read again. */
    boolean isOnceOnly() {
        return hasBody || !isIdempotent();
    }

    /** Its exchange with backends begins. */
    void begin() {
        if (client != null) {
            client.begin();
        }
    }

    /** It has ended. */
    void end() {
        if (client != null) {
            client.end();
        }
    }

    /**
     * As if nothing at all had come from it. If just now something did and is being read, Jetty would fail the whole
     * request and read on itself, amid the other's reading: not when it has somebody to ask, who says no.
     */
    @Override
    public void isLate() {
        ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
        if (!late) {
            late = true;
            jetty.addIdleTimeoutListener(timeout -> false);
        }
        Runnable failing = HttpChannel.from(jetty)
                .onIdleTimeout(new TimeoutException("the client let its turn pass"))
                .action();
        if (failing != null) {
            failing.run();
        }
    }

    /** The attempt to send it to this backend. */
    Exchange attempt(Backend backend, long now) {
        Exchange attempt = new Exchange(backend, this, now);
        if (!hasBody) {
            attempt.clientIsIdle();
        }
        return attempt;
    }

    /**
     * Sends it on this lane and reads the head of the answer.
     *
     * @throws IOException if no valid answer came
     */
    Response exchange(UpstreamConnection lane, RawUrl url, Exchange attempt, Bounds bounds, LongSupplier nanos)
            throws IOException {
        String query = request.getQueryString();
        Request sent = new Request.Builder()
                .url(url.with(path, query))
                .headers(headers)
                .method(method(), body(attempt, bounds, nanos))
                .tag(Exchange.class, attempt)
                .build();
        return lane.exchange(sent, url.requestLine(method(), path, query), attempt);
    }

    private RequestBody body(Exchange attempt, Bounds bounds, LongSupplier nanos) {
        if (hasBody) {
            return new StreamedBody(request, attempt, bounds, nanos);
        }
        return NEED_A_BODY.contains(method()) ? RequestBody.EMPTY : null;
    }

    private Headers headersForBackend(Via via) {
        Set<String> named = HeaderRules.named(fields.getValuesList(HttpHeader.CONNECTION));
        Headers.Builder headers = new Headers.Builder();
        TraceContext context = trace.context();
        boolean splitsCookies = client instanceof ClientStream;
        for (HttpField field : fields) {
            if (HeaderRules.passesToBackend(field.getHeader(), field.getName(), named)
                    && !(splitsCookies && field.getHeader() == HttpHeader.COOKIE)
                    && !(context.isNew() && field.getName().equalsIgnoreCase(TRACE_STATE))) {
                String value = field.getValue() == null ? "" : field.getValue();
                headers.addUnsafeNonAscii(field.getName(), HeaderRules.bytesAsUtf8(value));
            }
        }
        if (splitsCookies && fields.contains(HttpHeader.COOKIE)) { // one header again (RFC 9113, 8.2.3)
            headers.addUnsafeNonAscii(
                    "Cookie", HeaderRules.bytesAsUtf8(String.join("; ", fields.getValuesList(HttpHeader.COOKIE))));
        }
        if (!fields.contains(HttpHeader.ACCEPT_ENCODING) || named.contains("Accept-Encoding")) {
            headers.add("Accept-Encoding", "identity"); // else OkHttp asks for gzip and unpacks it
        }
        addOrigin(headers);
        headers.add("Via", via.entryFor(request.getProtocol()));
        headers.add(RequestIds.HEADER, trace.requestId());
        headers.add(TraceContext.HEADER, context.parent());
        if (request.getContentLengthLong() > 0) {
            headers.add("Content-Length", String.valueOf(request.getContentLengthLong()));
        } else if (hasBody) {
            headers.add("Transfer-Encoding", "chunked");
        } else if (NEED_A_BODY.contains(method())) {
            headers.add("Content-Length", "0");
        }
        if (webSocket) { // said anew: these two hold for one connection, and the client's may list more
            headers.add("Connection", "Upgrade");
            headers.add("Upgrade", WebSocketHandshake.PROTOCOL);
        }
        return headers.build();
    }

    /** Says whom it comes from and what was asked for: afresh, or as trusted proxies say, with the peer behind them. */
    private void addOrigin(Headers.Builder headers) {
        ProxyPath through = trace.proxyPath();
        headers.add("X-Forwarded-For", through == null ? Peer.text(trace.client()) : through.text());
        boolean said = through != null && through.proto() != null;
        headers.add("X-Forwarded-Proto", said ? through.proto() : request.isSecure() ? "https" : "http");
        String host = through != null && through.host() != null ? through.host() : fields.get(HttpHeader.HOST);
        if (host != null) {
            headers.addUnsafeNonAscii("X-Forwarded-Host", HeaderRules.bytesAsUtf8(host));
        }
    }
}
