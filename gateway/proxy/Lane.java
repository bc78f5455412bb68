package gateway.proxy;

import java.io.IOException;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * A client with room for one connection, leased for one exchange at a time. OkHttp looks through all connections of a
 * pool to find a free one, and through all running calls of a dispatcher to strike one off; with one of each there is
 * nothing to look through and no lock to share.
 */
final class Lane {
    private final ConnectionPool pool = QuietConnectionPool.ofOne();
    private final OkHttpClient client;
    private volatile Attempt attempt;
    private Connection used;
    private long idleSince;

    Lane(OkHttpClient prototype) {
        client = prototype
                .newBuilder()
                .connectionPool(pool)
                .dispatcher(new Dispatcher())
                .build();
    }

    OkHttpClient client() {
        return client;
    }

    /** Whether this connection had served an exchange before; OkHttp may have replaced one that it found dead. */
    boolean isReused(Connection connection) {
        return connection != null && connection == used;
    }

    /**
     * Whether something has arrived on its idle connection that nobody asked for, after it was given back. One system
     * call: the alternative is to hand it to the next client as its answer.
     */
    boolean hasSurplus() {
        try {
            return used != null
                    && !used.socket().isClosed()
                    && used.socket().getInputStream().available() > 0;
        } catch (IOException e) {
            return true; // it is broken
        }
    }

    /**
     * Whether it may serve another exchange after a good one on this connection. After HEAD it may not: some backends
     * send a body all the same, and it may still be on its way.
     */
    boolean mayServeAgain(Connection connection, String method) {
        used = connection;
        return !method.equals("HEAD") && !LeftOver.isOn(connection);
    }

    /** What it carries now; null when idle. */
    Attempt attempt() {
        return attempt;
    }

    void attempt(Attempt attempt) {
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
