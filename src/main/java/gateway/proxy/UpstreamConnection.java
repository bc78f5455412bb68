package gateway.proxy;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A client with room for one connection, leased for one exchange at a time. OkHttp looks through all connections of a
 * pool to find a free one, and through all running calls of a dispatcher to strike one off; with one of each there is
 * nothing to look through and no lock to share. Once its connection has proved itself, not even a call is needed.
 */
final class UpstreamConnection {
    private final ConnectionPool pool = QuietConnectionPool.ofOne();
    private final OkHttpClient client;
    private volatile Exchange attempt;
    private WarmConnection warm;
    private long idleSince;

    UpstreamConnection(OkHttpClient prototype) {
        client = prototype
                .newBuilder()
                .connectionPool(pool)
                .dispatcher(new Dispatcher())
                .build();
    }

    /**
     * Sends the request on its connection, or makes one for it.
     *
     * @throws IOException if no valid answer came
     */
    Response exchange(Request request, String requestLine, Exchange attempt) throws IOException {
        if (warm != null) {
            return warm.exchange(request, requestLine, attempt);
        }
        Call call = client.newCall(request);
        attempt.cancelledBy(call::cancel);
        return call.execute();
    }

    /** Whether it has a connection that served an exchange before. */
    boolean isWarm() {
        return warm != null;
    }

    /** Whether something has arrived on its idle connection that nobody asked for, after it was given back. */
    boolean hasSurplus() {
        return warm != null && warm.hasSurplus();
    }

    /**
     * Whether it may serve another exchange after a good one on this connection. After HEAD it may not: some backends
     * send a body all the same, and it may still be on its way.
     */
    boolean mayServeAgain(Connection connection, String method) {
        if (warm == null) {
            try {
                warm = new WarmConnection(connection);
            } catch (IOException e) { // closed by whoever watches, just as the answer had ended
                return false;
            }
        }
        return !method.equals("HEAD") && !warm.isClosing() && !warm.hasLeftOver();
    }

    /** What it carries now; null when idle. */
    Exchange attempt() {
        return attempt;
    }

    void attempt(Exchange attempt) {
        this.attempt = attempt;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long now) {
        idleSince = now;
    }

    /** Closes its connection if that is idle. */
    void close() {
        pool.evictAll();
    }
}
