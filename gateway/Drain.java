package gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.StatisticsHandler;

/**
 * Leaves without losing a request: says so for a moment, while answers ask clients to come back on a new connection;
 * then accepts no connection; then waits for the requests under way. Stopping the server is what comes after.
 */
public final class Drain {
    /** How long {@code /health} says it, before new connections are turned away. */
    private static final Duration NOTICE = Duration.ofMillis(500);

    /** How long requests under way may take to finish. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private volatile boolean draining;

    /** Whether it has begun. */
    public boolean isDraining() {
        return draining;
    }

    /** Drains the server; returns when no request is under way or patience has ended. */
    public void run(Server server) {
        draining = true;
        for (Connector connector : server.getConnectors()) {
            HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
            http.getHttpConfiguration().setPersistentConnectionsEnabled(false);
        }
        waitFor(NOTICE, server, false);
        for (Connector connector : server.getConnectors()) {
            ((ServerConnector) connector).close();
        }
        waitFor(PATIENCE, server, true);
    }

    private static void waitFor(Duration most, Server server, boolean orNoRequest) {
        long end = System.nanoTime() + most.toNanos();
        StatisticsHandler requests = server.getDescendant(StatisticsHandler.class);
        while (System.nanoTime() - end < 0 && !(orNoRequest && requests.getRequestsActive() == 0)) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}
