package gateway.proxy.upstream;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/**
 * The exchange that opens a connection: OkHttp's call, by a client with room for one connection. OkHttp searches all
 * connections of a pool for a free one, and all running calls of a dispatcher to remove one; with one of each there is
 * nothing to search and no lock to share.
 *
 * <p>Statuses on which OkHttp would act by itself are hidden from it: it repeats a request on 503 with {@code
 * Retry-After: 0} (and throws if that number is too large for an int), and treats 407 as an error without a proxy.
 */
final class FirstExchange {
    /** The offset that hides such a status; since a status line has three digits, no backend can send the result. */
    private static final int HIDDEN = 1000;

    private final ConnectionPool pool = QuietConnectionPool.ofOne();
    private final OkHttpClient client;

    /** @param prototype has {@link #intercept} as a network interceptor */
    FirstExchange(OkHttpClient prototype) {
        this.client = prototype
                .newBuilder()
                .connectionPool(pool)
                .dispatcher(new Dispatcher())
                .build();
    }

    /**
     * Opens a connection, sends the request and reads the head of its answer.
     *
     * @param connection is told how far it comes
     * @param body null if there is none
     * @throws IOException if no valid answer came
     */
    UpstreamAnswer run(UpstreamConnection connection, RawUrl url, UpstreamRequest request, UpstreamBody body)
            throws IOException {
        Headers headers = request.headers();
        Call call = client.newCall(new Request.Builder()
                .url(url.with(request.path, request.query))
                .headers(headers)
                .method(request.method, okHttpBody(request, body))
                .tag(UpstreamConnection.class, connection)
                .build());
        connection.exchange.cancelledBy(call::cancel);
        Response answer = call.execute();
        int status = answer.code() >= HIDDEN ? answer.code() - HIDDEN : answer.code();
        return new UpstreamAnswer(
                status,
                answer.headers(),
                Framing.bodyLength(request.method, headers, status, answer.headers()),
                answer.body().source(),
                null,
                answer::trailers,
                call::cancel);
    }

    private static RequestBody okHttpBody(UpstreamRequest request, UpstreamBody body) {
        if (body != null) {
            return new OneShotBody(body);
        }
        return request.needsBody ? RequestBody.EMPTY : null;
    }

    /** Intercepts what OkHttp sends, just before the socket. */
    static Response intercept(Interceptor.Chain chain) throws IOException {
        UpstreamConnection connection = chain.request().tag(UpstreamConnection.class);
        connection.connected(chain.connection());
        Response answer = proceed(chain);
        connection.answered();
        // What this throws ends the exchange; closing the answer instead would read on.
        int status = answer.code();
        Framing.bodyLength(chain.request().method(), chain.request().headers(), status, answer.headers());
        return status == 503 || status == 407
                ? answer.newBuilder().code(status + HIDDEN).build()
                : answer;
    }

    private static Response proceed(Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(asTheClientSentIt(chain));
        } catch (IllegalStateException | IllegalArgumentException e) { // OkHttp's, at a status like -12
            throw new ProtocolException("not HTTP");
        }
    }

    private static Request asTheClientSentIt(Interceptor.Chain chain) {
        boolean named = chain.call().request().header("User-Agent") != null;
        return named
                ? chain.request()
                : chain.request().newBuilder().removeHeader("User-Agent").build();
    }

    /** Closes the connection that it has opened, if that is idle. */
    void close() {
        pool.evictAll();
    }

    /** A body as OkHttp sends it: once, never again by itself. */
    private static final class OneShotBody extends RequestBody {
        private final UpstreamBody body;

        OneShotBody(UpstreamBody body) {
            this.body = body;
        }

        @Override
        public MediaType contentType() {
            return null; // the client's own header is passed on as it is
        }

        @Override
        public long contentLength() {
            return body.length();
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            body.writeTo(sink.outputStream());
        }
    }
}
