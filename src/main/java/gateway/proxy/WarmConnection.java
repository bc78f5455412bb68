package gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.ProtocolException;
import java.net.Socket;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okhttp3.TrailersSource;
import okhttp3.internal.connection.BufferedSocket;
import okhttp3.internal.connection.RealConnection;
import okhttp3.internal.http1.Http1ExchangeCodec;
import okio.BufferedSink;
import okio.Okio;

/**
 * A connection that OkHttp has made and that has served a first exchange well. Further exchanges on it are driven by
 * OkHttp's own HTTP/1 codec, without the call around it: no address to compute, no pool to search, no chain of
 * interceptors, no cache and no cookies, none of which has anything to decide here.
 *
 * <p>The connection's buffers are private in OkHttp; they are reached by a method handle that is looked up once. They are
 * needed for safety too: whatever a backend sent beyond its answer would be read as the start of the next answer, which
 * goes to another client. {@code OkHttpInternalsTest} fails when an upgrade changes any of this.
 */
final class WarmConnection {
    private static final MethodHandle SOCKET = field("socket", BufferedSocket.class);
    private static final MethodHandle RAW_SOCKET = field("rawSocket", Socket.class);

    private final RealConnection connection;
    private final BufferedSocket socket;
    private final InputStream in;
    private final InputStream raw;
    private final Runnable cancel;

    /** @throws IOException if it has been closed */
    WarmConnection(Connection connection) throws IOException {
        this.connection = (RealConnection) connection;
        this.cancel = this.connection::cancel;
        try {
            this.socket = (BufferedSocket) SOCKET.invokeExact(this.connection);
            this.in = connection.socket().getInputStream();
            this.raw = ((Socket) RAW_SOCKET.invokeExact(this.connection)).getInputStream();
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("This OkHttp's connections have no readable buffer", e);
        }
    }

    boolean isOn(Connection other) {
        return connection == other;
    }

    /** Whether bytes have been read from the connection that belong to no answer. */
    boolean hasLeftOver() {
        return !socket.getSource().getBuffer().exhausted();
    }

    /** Takes the bytes that have been read from the connection and belong to no answer. */
    byte[] takeLeftOver() throws IOException {
        return socket.getSource().getBuffer().readByteArray();
    }

    /** Whether one side wants it closed after this exchange. */
    boolean isClosing() {
        return connection.getNoNewExchanges();
    }

    /**
     * Whether something has arrived that nobody asked for, or it is broken. One system call: the alternative is to hand
     * it to the next client as its answer. With TLS there are two places to look: what has been deciphered, and what
     * has not, which may be the backend's word that it closes.
     */
    boolean hasSurplus() {
        try {
            return connection.socket().isClosed() || raw.available() > 0 || isTls() && in.available() > 0;
        } catch (IOException e) {
            return true;
        }
    }

    private boolean isTls() {
        return connection.handshake() != null;
    }

    /**
     * Sends the request and reads the head of its answer.
     *
     * @param requestLine the first line and the Host header
     * @throws IOException if no valid answer came
     */
    Response exchange(Request request, String requestLine, Exchange attempt) throws IOException {
        attempt.cancelledBy(cancel);
        attempt.connected(connection);
        Http1ExchangeCodec codec = new Http1ExchangeCodec(null, connection, socket);
        IOException unsent = null;
        try {
            send(codec, request, requestLine);
        } catch (IOException e) {
            if (attempt.clientFailure() != null) {
                throw e;
            }
            unsent = e; // the backend may have answered before it stopped reading
        }
        try {
            return receive(codec, request, attempt);
        } catch (IOException e) {
            if (unsent != null) {
                unsent.addSuppressed(e);
                throw unsent;
            }
            throw e;
        }
    }

    private static void send(Http1ExchangeCodec codec, Request request, String requestLine) throws IOException {
        codec.writeRequest(request.headers(), requestLine);
        if (request.body() != null && request.body().contentLength() != 0) {
            BufferedSink body =
                    Okio.buffer(codec.createRequestBody(request, request.body().contentLength()));
            request.body().writeTo(body);
            body.close();
        }
        codec.finishRequest();
    }

    private Response receive(Http1ExchangeCodec codec, Request request, Exchange attempt) throws IOException {
        Response head = head(codec, request);
        while (head.code() == 100 || head.code() > 101 && head.code() < 200) { // not the answer yet
            head = head(codec, request);
        }
        attempt.answered();
        Framing.check(request, head);
        if (head.protocol() == Protocol.HTTP_1_0 || "close".equalsIgnoreCase(head.header("Connection"))) {
            connection.noNewExchanges();
        }
        long length = Framing.mayHaveBody(request.method(), head.code()) ? codec.reportedContentLength(head) : 0;
        if (length == 0) {
            return head;
        }
        if (length > 0) {
            return head.newBuilder()
                    .body(new KnownLengthBody(socket.getSource(), in, length))
                    .build();
        }
        return head.newBuilder()
                .body(ResponseBody.create(Okio.buffer(codec.openResponseBodySource(head)), null, length))
                .trailers(new Trailers(codec))
                .build();
    }

    private static Response head(Http1ExchangeCodec codec, Request request) throws IOException {
        try {
            return codec.readResponseHeaders(false).request(request).build();
        } catch (IllegalStateException | IllegalArgumentException e) { // OkHttp's, at a status like -12
            throw new ProtocolException("not HTTP");
        }
    }

    private static MethodHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(RealConnection.class, MethodHandles.lookup())
                    .findGetter(RealConnection.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This OkHttp's RealConnection has no field " + name + "; WarmConnection must follow", e);
        }
    }

    /** What follows a chunked body; known once that has been read. */
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
