package gateway.lifecycle;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares a server to stop without losing a request, in three steps. For a moment {@code /health} says that it is
 * draining, and each answer asks its client to use a new connection next. Then the server accepts no connection any
 * more. Then it finishes the requests under way. The caller stops the server afterwards.
 */
public final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How long {@code /health} says that the server is draining, before new connections are refused. */
    private static final Duration NOTICE = Duration.ofMillis(500);

    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);

    /** How long no request must have been under way: one may still be arriving on an accepted connection. */
    private static final Duration QUIET = Duration.ofMillis(500);

    /** How long requests that are broken off may take to note that. */
    private static final Duration LAST_NOTES = Duration.ofMillis(500);

    /** How long connections and parts may take to close; normally milliseconds. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private static final Duration POLL_PAUSE = Duration.ofMillis(10);

    private volatile boolean draining;
    private volatile Runnable breakOff = () -> {};

    /** Returns whether draining has begun. */
    public boolean isDraining() {
        return draining;
    }

    /** Sets the step that breaks off what is still under way when patience has run out. */
    public void breakOffBy(Runnable step) {
        breakOff = step;
    }

    /** Drains the server with the default patience, ten seconds, then stops it and says how that went. */
    public void stop(Server server, Runnable stop) {
        stop(server, DEFAULT_PATIENCE, stop);
    }

    /**
     * Drains the server, then stops it. Logs how long that took, and how many requests were still under way when the
     * patience ended: stopping breaks them off.
     *
     * @param patience how long requests under way may take to finish; zero leaves at once
     * @param stop stops the server and closes its parts
     * @throws IllegalStateException if that takes longer than ten seconds
     */
    public void stop(Server server, Duration patience, Runnable stop) {
        long start = System.nanoTime();
        int left = run(server, patience);
        if (left > 0) {
            breakOff.run();
            await(LAST_NOTES, POLL_PAUSE, server, () -> {});
        }
        BoundedStop.run(stop, LONGEST_CLOSE);
        String seconds = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
        LOG.info("stopped after {} s, {} broken off", seconds, left == 1 ? "1 request" : left + " requests");
    }

    /** Drains the server with the default patience, ten seconds. */
    public void run(Server server) {
        run(server, DEFAULT_PATIENCE);
    }

    /**
     * Drains the server; returns when no request is under way any more, or when patience has run out.
     *
     * @param patience how long requests under way may take to finish; zero leaves at once
     * @return how many requests are still under way
     */
    public int run(Server server, Duration patience) {
        draining = true;
        for (Connector connector : server.getConnectors()) {
            HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
            http.getHttpConfiguration().setPersistentConnectionsEnabled(false);
        }
        LOG.info("Draining: finishing the requests under way; new connections are refused soon");
        GoAway http2 = new GoAway(server);
        await(patience.compareTo(NOTICE) < 0 ? patience : NOTICE, NOTICE, server, http2::announce);
        for (Connector connector : server.getConnectors()) {
            AcceptQueue.close((ServerConnector) connector);
        }
        int left = await(patience, QUIET, server, http2::announce);
        http2.refuseNewStreams();
        return left;
    }

    /**
     * Returns once no request has been under way for the quiet time, or after the longest time.
     *
     * @param meanwhile repeated until then
     * @return how many requests are under way then
     */
    private static int await(Duration longest, Duration quiet, Server server, Runnable meanwhile) {
        RequestsUnderWay requests = server.getDescendant(RequestsUnderWay.class);
        long start = System.nanoTime();
        long lastRequest = start;
        for (long now = start;
                now - start < longest.toNanos() && now - lastRequest < quiet.toNanos();
                now = System.nanoTime()) {
            if (requests.count() > 0) {
                lastRequest = now;
            }
            meanwhile.run();
            LockSupport.parkNanos(POLL_PAUSE.toNanos());
        }
        return requests.count();
    }
}
