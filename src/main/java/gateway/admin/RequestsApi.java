package gateway.admin;

import gateway.admin.view.TraceView;
import gateway.http.ProblemType;
import gateway.trace.Trace;
import gateway.trace.Traces;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The traces of requests. */
public final class RequestsApi {
    /**
     * How often to look for a trace: a client may have its answer, and ask for its trace, before Jetty reports the end
     * of the request, which adds the trace.
     */
    private static final int LOOKS = 40;

    private static final long PAUSE_NANOS = 5_000_000;

    private final Traces traces;

    /** @param traces the traces of the last requests to the services */
    public RequestsApi(Traces traces) {
        this.traces = traces;
    }

    /** Answers {@code GET /requests/{id}}: the latest trace with this {@code X-Request-ID}. */
    public void get(Context ctx) throws IOException {
        String id = ctx.pathParam("id");
        Optional<Trace> trace = find(id);
        if (trace.isEmpty()) {
            ProblemType.UNKNOWN_REQUEST
                    .problem("None of the last " + Traces.KEPT + " requests to services had the id " + id
                            + "; each answer carries its id as X-Request-ID")
                    .send(ctx.req(), ctx.res());
            return;
        }
        ctx.json(TraceView.of(trace.get()));
    }

    private Optional<Trace> find(String id) {
        Optional<Trace> trace = traces.find(id);
        for (int looks = 1; trace.isEmpty() && looks < LOOKS; looks++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            trace = traces.find(id);
        }
        return trace;
    }
}
