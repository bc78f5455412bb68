package gateway.trace;

import gateway.http.Problem;
import gateway.http.Traced;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.util.Time;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Ends each request's {@link Trace} when Jetty is done with the request, and hands it to the listeners. Jetty calls it
 * for requests, too, that Jetty itself refused; these get their trace here.
 */
public final class TraceEnds implements RequestLog {
    private final Time time;
    private final List<Consumer<Trace>> listeners;
    private final Consumer<Problem> problems;

    /**
     * @param listeners called on the request's thread, so they must not block
     * @param problems called likewise, for requests that the gateway itself answered with a problem
     */
    public TraceEnds(Time time, List<Consumer<Trace>> listeners, Consumer<Problem> problems) {
        this.time = time;
        this.listeners = List.copyOf(listeners);
        this.problems = problems;
    }

    @Override
    public void log(Request request, Response response) {
        Trace trace = (Trace) request.getAttribute(Traced.ATTRIBUTE);
        if (trace == null) {
            trace = refusedByJetty(request);
        }
        trace.end(time.nanos(), response.getStatus(), Response.getContentBytesWritten(response));
        countBytes(trace, Request.getContentBytesRead(request));
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).accept(trace);
        }
        if (trace.problem() != null) {
            problems.accept(trace.problem());
        }
    }

    /** Counts the bodies for the backend that was asked last; a problem's body is none of its. */
    private static void countBytes(Trace trace, long read) {
        List<Attempt> attempts = trace.attempts();
        if (!attempts.isEmpty()) {
            Backend backend = attempts.get(attempts.size() - 1).backend();
            backend.load().countBytes(Math.max(0, read), trace.problem() == null ? trace.bytes() : 0);
        }
    }

    /**
     * Takes the peer for the client, even if it is a trusted proxy: a request that Jetty refused may lack the headers
     * that proxies add.
     */
    private Trace refusedByJetty(Request request) {
        Trace trace = new Trace(
                time.now(),
                time.nanos(),
                Peer.address(request),
                request.getMethod(),
                String.valueOf(request.getHttpURI().getPath()),
                null,
                null,
                null);
        if (request.getAttribute(Problem.ATTRIBUTE) instanceof Problem problem) {
            trace.answeredBy(problem);
        }
        return trace;
    }
}
