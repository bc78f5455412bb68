package gateway.lifecycle;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/**
 * Asks HTTP/2 clients to use another connection, in two steps (RFC 9113, 6.8). The first GOAWAY refuses no request,
 * since some may still be arriving; the second, when no more come, refuses all that follow. Jetty's own shutdown sends
 * the second right after the first if no request is under way at that moment, and drops requests that arrive shortly
 * after.
 */
final class GoAway {
    private final Server server;
    private final Set<Session> announced = new HashSet<>();

    GoAway(Server server) {
        this.server = server;
    }

    /**
     * Sends the first GOAWAY on each session that has had none; not before its first request, when it would have no
     * effect.
     */
    void announce() {
        for (SessionContainer sessions : server.getContainedBeans(SessionContainer.class)) {
            for (Session session : sessions.getSessions()) {
                if (session instanceof HTTP2Session http2 && http2.getStreamsOpened() > 0 && announced.add(session)) {
                    http2.frames(null, List.of(GoAwayFrame.GRACEFUL), Callback.NOOP);
                }
            }
        }
    }

    /** Sends the second GOAWAY on all sessions. */
    void refuseNewStreams() {
        server.getContainedBeans(SessionContainer.class).forEach(SessionContainer::shutdown);
    }
}
