package gateway.trace;

import gateway.net.Peer;
import gateway.http.Problem;
import gateway.util.Time;
import gateway.http.Traced;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Ends each request's {@link Story} when Jetty is done with it, and hands it to those who listen. It hears of requests
 * too that Jetty itself refused, which had no story before.
 */
public final class StoryEnds implements RequestLog {
    private final Time time;
    private final List<Consumer<Story>> listeners;

    /** @param listeners called by the request's thread, which they must not hold up */
    public StoryEnds(Time time, List<Consumer<Story>> listeners) {
        this.time = time;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void log(Request request, Response response) {
        Story story = (Story) request.getAttribute(Traced.ATTRIBUTE);
        if (story == null) {
            story = refusedByJetty(request);
        }
        story.end(time.nanos(), response.getStatus(), Response.getContentBytesWritten(response));
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).accept(story);
        }
    }

    /** Its client is the peer whoever that is: of a header that wasn't read to its end, proxies' words may be missing. */
    private Story refusedByJetty(Request request) {
        Story story = new Story(
                time.now(),
                time.nanos(),
                Peer.address(request),
                request.getMethod(),
                String.valueOf(request.getHttpURI().getPath()),
                null,
                null,
                false);
        if (request.getAttribute(Problem.ATTRIBUTE) instanceof Problem problem) {
            story.answeredBy(problem);
        }
        return story;
    }
}
