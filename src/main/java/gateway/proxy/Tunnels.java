package gateway.proxy;

import gateway.util.Threads;
import gateway.util.Time;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.HttpStream;

/** All open {@link Tunnel}s: opens them, ends the quiet ones, and ends all when the gateway stops. */
final class Tunnels implements AutoCloseable {
    /** How often {@link #tick} is to be called. */
    static final Duration PAUSE = Duration.ofMillis(100);

    /** How long the other side may stay silent once one has ended. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Where threads aren't virtual: each tunnel takes one, two while it is busy both ways. */
    private static final int MOST_ON_THREADS = 1000;

    private final long idleTimeout;
    private final Time time;
    private final ExecutorService threads = Threads.forWaiting("websocket", 2 * MOST_ON_THREADS);
    private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param idleTimeout how long both sides of a tunnel may be silent */
    Tunnels(Duration idleTimeout, Time time) {
        this.idleTimeout = idleTimeout.toNanos();
        this.time = time;
    }

    /** Whether there is room for another. Not exact: some more may pass at the same moment. */
    boolean haveRoom() {
        return !closed && (Threads.areVirtual() || open.size() < MOST_ON_THREADS);
    }

    /**
     * Answers 101, whose other headers have been set, and makes a tunnel of the two connections when Jetty has sent it.
     *
     * @throws IOException if the client has left
     */
    void open(Exchange attempt, ClientRequest request, HttpServletResponse response) throws IOException {
        ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request.servletRequest());
        Tunnel tunnel = new Tunnel(
                jetty.getConnectionMetaData().getConnection().getEndPoint(),
                new SwitchedConnection(attempt.connection()),
                threads,
                time);
        attempt.tunnel(tunnel);
        open.add(tunnel);
        tunnel.onEnd(() -> open.remove(tunnel));
        if (closed) { // since it was asked for room
            tunnel.end(false);
        }
        HttpFields.Mutable fields =
                ServletContextResponse.getServletContextResponse(response).getHeaders();
        fields.remove(HttpHeader.CONTENT_LENGTH); // some send a 0, which a 101 must not have (RFC 9110, 8.6)
        fields.put(HttpHeader.CONNECTION, HttpHeaderValue.UPGRADE);
        fields.put(HttpHeader.UPGRADE, WebSocketHandshake.PROTOCOL);
        jetty.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel);
        try {
            response.flushBuffer(); // now: nothing that runs later can make another answer of it
        } catch (IOException e) {
            jetty.removeAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE);
            tunnel.end(true);
            throw attempt.clientFailed(e);
        }
    }

    /** Ends the tunnels in which nothing moves any more. */
    void tick() {
        long now = time.nanos();
        open.forEach(tunnel -> tunnel.endIfQuiet(now, idleTimeout, GRACE.toNanos()));
    }

    /** Ends all tunnels and opens none any more. */
    @Override
    public void close() {
        closed = true;
        open.forEach(tunnel -> tunnel.end(false));
        threads.shutdown();
    }
}
