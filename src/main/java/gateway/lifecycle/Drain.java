package gateway.lifecycle;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves without losing a request: says so for a moment, while answers ask clients to come back on a new connection;
 * then accepts no connection; then waits for the requests under way. Stopping the server is what comes after.
 */
public final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How long {@code /health} says it, before new connections are turned away. */
    private static final Duration NOTICE = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long there must be none: the bytes of one may still be on their way on an accepted connection. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private volatile boolean draining;

    /** Whether it has begun. */
    public boolean isDraining() {
        return draining;
    }

    /** Drains the server of a service, with the patience that a gateway has by default: ten seconds. */
    public void run(Server server) {
        run(server, PATIENCE);
    }

    /**
     * Drains the server; returns when no request is under way or patience has ended.
     *
     * @param patience how long requests under way may take to finish; zero leaves at once
     */
    public void run(Server server, Duration patience) {
        draining = true;
        for (Connector connector : server.getConnectors()) {
            HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
            http.getHttpConfiguration().setPersistentConnectionsEnabled(false);
        }
        LOG.info("Draining: finishing the requests under way, taking no new connections soon");
        GoAway http2 = new GoAway(server);
        await(patience.compareTo(NOTICE) < 0 ? patience : NOTICE, NOTICE, server, http2);
        for (Connector connector : server.getConnectors()) {
            AcceptQueue.close((ServerConnector) connector);
        }
        await(patience, QUIET, server, http2);
        http2.turnAway();
    }

    /** Returns once no request has been under way for so long, or after the longest time. */
    private static void await(Duration longest, Duration quiet, Server server, GoAway http2) {
        StatisticsHandler requests = server.getDescendant(StatisticsHandler.class);
        long start = System.nanoTime();
        long lastRequest = start;
        for (long now = start;
                now - start < longest.toNanos() && now - lastRequest < quiet.toNanos();
                now = System.nanoTime()) {
            if (requests.getRequestsActive() > 0) {
                lastRequest = now;
            }
            http2.announce();
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}
