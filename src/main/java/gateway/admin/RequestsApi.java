package gateway.admin;

import gateway.admin.view.TraceView;
import gateway.http.ProblemType;
import gateway.trace.Trace;
import gateway.trace.Traces;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What happened to a request. */
public final class RequestsApi {
    /** A client may have its answer, and ask about it, before Jetty has told of its end: that is when the trace is there. */
    private static final int LOOKS = 40;

    private static final long PAUSE_NANOS = 5_000_000;

    private final Traces traces;

    /** @param traces where the last requests to the services are kept */
    public RequestsApi(Traces traces) {
        this.traces = traces;
    }

    /** {@code GET /requests/{id}}: by the {@code X-Request-ID} that its answer carried; of several, the latest. */
    public void get(Context ctx) throws IOException {
        String id = ctx.pathParam("id");
        Optional<Trace> trace = find(id);
        if (trace.isEmpty()) {
            ProblemType.UNKNOWN_REQUEST
                    .problem("None of the last " + Traces.KEPT + " requests below /api/ had the id " + id
                            + "; answers carry theirs as X-Request-ID")
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
