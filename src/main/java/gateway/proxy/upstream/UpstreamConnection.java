package gateway.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TrailersSource;
import okhttp3.internal.connection.BufferedSocket;
import okhttp3.internal.connection.RealConnection;
import okhttp3.internal.http1.Http1ExchangeCodec;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.eclipse.jetty.http.HttpField;

/**
 * A connection to a backend, leased for one exchange at a time. OkHttp opens it with its {@link FirstExchange}; further
 * exchanges are driven by OkHttp's own HTTP/1 codec, without the call around it: no address to compute, no pool to
 * search, no chain of interceptors, no cache and no cookies, none of which has anything to decide here.
 *
 * <p>Used by the thread of its exchange; {@link #exchange} by the timer's, too.
 */
public final class UpstreamConnection {
    /** How far an exchange has come. */
    public enum Progress {
        /** There is no connection: nothing can have been sent. */
        CONNECTING,
        /** The connection is open; some of the request may have been sent. */
        SENDING,
        /** The head of an answer has come. */
        ANSWERED
    }

    /** The pool of its backend. */
    final BackendPool home;

    /** The exchange that it carries; null when idle. */
    volatile WatchedExchange exchange;

    /** Since when it is idle, nanoseconds; guarded by its pool. */
    long idleSince;

    private final FirstExchange first;
    private Progress progress;
    private String method;

    // Set once the connection is open.
    private RealConnection connection;

    // Set once it has served its first exchange well.
    private BufferedSocket buffers;
    private InputStream in;
    private InputStream raw;
    private Runnable cancel;

    UpstreamConnection(BackendPool home, FirstExchange first) {
        this.home = home;
        this.first = first;
    }

    /** Returns the header that names the backend in each answer. */
    public HttpField backendHeader() {
        return home.header;
    }

    /** Returns whether it has served an exchange before. */
    public boolean isReused() {
        return buffers != null;
    }

    /** Returns how far the exchange has come. */
    public Progress progress() {
        return progress;
    }

    /**
     * Sends the request and reads the head of its answer, which must be closed.
     *
     * @param body null if there is none
     * @throws IOException if no valid answer came
     */
    public UpstreamAnswer send(UpstreamRequest request, UpstreamBody body) throws IOException {
        method = request.method;
        if (buffers == null) {
            return first.run(this, home.url, request, body);
        }
        progress = Progress.SENDING;
        exchange.cancelledBy(cancel);
        Http1ExchangeCodec codec = new Http1ExchangeCodec(null, connection, buffers);
        Headers headers = request.headers();
        IOException unsent = null;
        try {
            codec.writeRequest(
                    headers,
                    request.query == null
                            ? method + ' ' + home.url.pathPrefix + request.path + home.url.hostLine
                            : method
                                    + ' '
                                    + home.url.pathPrefix
                                    + request.path
                                    + '?'
                                    + request.query
                                    + home.url.hostLine);
            if (body != null) {
                write(body, codec, headers);
            }
            codec.finishRequest();
        } catch (IOException e) {
            if (body != null && body.isBroken()) {
                throw e;
            }
            unsent = e; // the backend may have answered before it stopped reading
        }
        try {
            return receive(codec, headers);
        } catch (IOException e) {
            if (unsent != null) {
                unsent.addSuppressed(e);
                throw unsent;
            }
            throw e;
        }
    }

    private void write(UpstreamBody body, Http1ExchangeCodec codec, Headers headers) throws IOException {
        Request framed = home.request.newBuilder().headers(headers).build();
        BufferedSink sink = Okio.buffer(codec.createRequestBody(framed, body.length()));
        body.writeTo(sink.outputStream());
        sink.close(); // not after a failure: this writes the end of a chunked body
    }

    private UpstreamAnswer receive(Http1ExchangeCodec codec, Headers request) throws IOException {
        Response answer;
        try {
            do {
                answer = codec.readResponseHeaders(false).request(home.request).build();
            } while (answer.code() == 100 || answer.code() > 101 && answer.code() < 200); // not the answer yet
        } catch (IllegalStateException | IllegalArgumentException e) { // OkHttp's, at a status like -12
            throw new ProtocolException("not HTTP");
        }
        progress = Progress.ANSWERED;
        long length = Framing.bodyLength(method, request, answer.code(), answer.headers());
        if (answer.protocol() == Protocol.HTTP_1_0 || "close".equalsIgnoreCase(answer.header("Connection"))) {
            connection.noNewExchanges();
        }
        if (length < 0) {
            BufferedSource body = Okio.buffer(codec.openResponseBodySource(answer));
            return new UpstreamAnswer(answer.code(), answer.headers(), length, body, null, new Trailers(codec), cancel);
        }
        return new UpstreamAnswer(
                answer.code(), answer.headers(), length, buffers.getSource(), in, TrailersSource.EMPTY, cancel);
    }

    /**
     * Takes the connection, after its 101, out of OkHttp's hands. It stays leased, so nobody else uses or closes it.
     */
    public SwitchedConnection switched() throws IOException {
        return new SwitchedConnection(connection);
    }

    /** Notes that the connection is open; called during the first exchange. */
    void connected(Connection connection) {
        this.connection = (RealConnection) connection;
        progress = Progress.SENDING;
        exchange.waitForBackend();
    }

    /** Notes that the head of an answer has come; called during the first exchange. */
    void answered() {
        progress = Progress.ANSWERED;
    }

    /** Begins to carry an exchange. */
    void carry(WatchedExchange exchange) {
        this.progress = Progress.CONNECTING;
        this.exchange = exchange;
    }

    /**
     * Returns whether it may serve another exchange after a good one. After HEAD it may not: some backends send a body
     * all the same, which may still be on its way. Nor may it if something is left in its buffer: what a backend sent
     * beyond its answer would be read as the start of the next one, which goes to another client.
     */
    boolean isReusable() {
        return (buffers != null || open())
                && !method.equals("HEAD")
                && !connection.getNoNewExchanges()
                && buffers.getSource().getBuffer().exhausted();
    }

    private boolean open() {
        try {
            in = connection.socket().getInputStream();
            raw = ConnectionInternals.rawSocket(connection).getInputStream();
        } catch (IOException e) { // closed by a watching thread just as the answer had ended
            return false;
        }
        cancel = connection::cancel;
        buffers = ConnectionInternals.buffers(connection);
        return true;
    }

    /**
     * Returns whether unrequested bytes have arrived on the idle connection, or it is broken. One system call; without
     * it, the next client would get these bytes as its answer. With TLS there are two places to look: what has been
     * deciphered, and what has not, which may be the backend's notice that it closes.
     */
    boolean hasSurplus() {
        try {
            return connection.socket().isClosed()
                    || raw.available() > 0
                    || connection.handshake() != null && in.available() > 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Closes it if it is idle. */
    void close() {
        first.close();
    }

    /** The trailers of a chunked body; known once the body has been read. */
    private record Trailers(Http1ExchangeCodec codec) implements TrailersSource {
        @Override
        public Headers peek() throws IOException {
            return codec.peekTrailers();
        }

        @Override
        public Headers get() throws IOException {
            return codec.peekTrailers();
        }
    }
}
