package gateway.trace;

import gateway.http.Problem;
import gateway.http.Traced;
import gateway.net.Peer;
import gateway.util.Time;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Ends each request's {@link Trace} when Jetty is done with it, and hands it to those who listen. It hears of requests
 * too that Jetty itself refused, which had no trace before.
 */
public final class TraceEnds implements RequestLog {
    private final Time time;
    private final List<Consumer<Trace>> listeners;

    /** @param listeners called by the request's thread, which they must not hold up */
    public TraceEnds(Time time, List<Consumer<Trace>> listeners) {
        this.time = time;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void log(Request request, Response response) {
        Trace trace = (Trace) request.getAttribute(Traced.ATTRIBUTE);
        if (trace == null) {
            trace = refusedByJetty(request);
        }
        trace.end(time.nanos(), response.getStatus(), Response.getContentBytesWritten(response));
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).accept(trace);
        }
    }

    /** Its client is the peer whoever that is: of a header that wasn't read to its end, proxies' words may be missing. */
    private Trace refusedByJetty(Request request) {
        Trace trace = new Trace(
                time.now(),
                time.nanos(),
                Peer.address(request),
                request.getMethod(),
                String.valueOf(request.getHttpURI().getPath()),
                null,
                null,
                false);
        if (request.getAttribute(Problem.ATTRIBUTE) instanceof Problem problem) {
            trace.answeredBy(problem);
        }
        return trace;
    }
}
