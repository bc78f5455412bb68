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
 * Asks clients of HTTP/2 to go on elsewhere, in two steps (RFC 9113, 6.8): first a GOAWAY that turns no request away, for
 * those that are on their way are still taken; when no more come, one that does. Jetty's own way out sends the second
 * right behind the first if nothing is under way just then, and drops what arrives a moment later.
 */
final class GoAway {
    private final Server server;
    private final Set<Session> told = new HashSet<>();

    GoAway(Server server) {
        this.server = server;
    }

    /** The first step, for all who weren't told yet; not before their first request, or they would come for nothing. */
    void announce() {
        for (SessionContainer sessions : server.getContainedBeans(SessionContainer.class)) {
            for (Session session : sessions.getSessions()) {
                if (session instanceof HTTP2Session http2 && http2.getStreamsOpened() > 0 && told.add(session)) {
                    http2.frames(null, List.of(GoAwayFrame.GRACEFUL), Callback.NOOP);
                }
            }
        }
    }

    /** The second step, for all. */
    void turnAway() {
        server.getContainedBeans(SessionContainer.class).forEach(SessionContainer::shutdown);
    }
}
