package gateway.proxy.websocket;

import gateway.http.Answer;
import gateway.proxy.upstream.SwitchedConnection;
import gateway.proxy.upstream.WebSocketHandshake;
import gateway.util.Threads;
import gateway.util.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;

/** All open {@link Tunnel}s: opens them, ends the quiet ones, and ends all when the gateway stops. */
public final class Tunnels implements AutoCloseable {
    /** The pause between calls of {@link #endQuiet}. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    /** How long the other side may stay silent once one has ended. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The most threads if they aren't virtual: each tunnel takes one, two while it is busy both ways. */
    private static final int MOST_ON_THREADS = 1000;

    private final long idleTimeout;
    private final Time time;
    private final ExecutorService threads = Threads.forWaiting("websocket", 2 * MOST_ON_THREADS);
    private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param idleTimeout how long both sides of a tunnel may be silent */
    public Tunnels(Duration idleTimeout, Time time) {
        this.idleTimeout = idleTimeout.toNanos();
        this.time = time;
    }

    /** Returns whether there is room for another. Not exact: some more may pass at the same moment. */
    public boolean haveRoom() {
        return !closed && (Threads.areVirtual() || open.size() < MOST_ON_THREADS);
    }

    /** Makes a tunnel of the two connections, which {@link #open} must follow. */
    public Tunnel between(Request client, SwitchedConnection backend) {
        Tunnel tunnel =
                new Tunnel(client.getConnectionMetaData().getConnection().getEndPoint(), backend, threads, time);
        open.add(tunnel);
        tunnel.onEnd(() -> open.remove(tunnel));
        if (closed) { // since there was room
            tunnel.end(false);
        }
        return tunnel;
    }

    /**
     * Answers 101, whose other headers have been set. When Jetty has sent it, the client's connection is the tunnel's.
     *
     * @throws IOException if the client has left
     */
    public void open(Tunnel tunnel, Request request, Answer answer) throws IOException {
        HttpFields.Mutable fields = answer.fields();
        fields.remove(HttpHeader.CONTENT_LENGTH); // some send a 0, which a 101 must not have (RFC 9110, 8.6)
        fields.put(HttpHeader.CONNECTION, HttpHeaderValue.UPGRADE);
        fields.put(HttpHeader.UPGRADE, WebSocketHandshake.PROTOCOL);
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel);
        try {
            answer.sendHead(); // now: nothing that runs later can make another answer of it
        } catch (IOException e) {
            request.removeAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE);
            tunnel.end(true);
            throw e;
        }
    }

    /** Ends the tunnels through which nothing passes any more. */
    public void endQuiet() {
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
