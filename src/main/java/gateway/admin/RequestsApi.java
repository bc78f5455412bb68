package gateway.admin;

import gateway.admin.view.TraceView;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.route.Routes;
import gateway.trace.Trace;
import gateway.trace.Traces;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private final Routes routes;
    private final Time time;

    /** @param traces the traces of the last requests to the services */
    RequestsApi(Traces traces, Routes routes, Time time) {
        this.traces = traces;
        this.routes = routes;
        this.time = time;
    }

    /**
     * Answers {@code GET /requests}: those of the last requests to services that {@link RequestQuery} wants, newest
     * first. If there are more, it says with which {@code cursor} to ask for them; that stays right while others come.
     */
    public void list(Context ctx) throws IOException {
        RequestQuery query = new RequestQuery(ctx.queryParamMap());
        if (!query.errors().isEmpty()) {
            Problem.badRequest(String.join("; ", query.errors())).send(ctx.req(), ctx.res());
            return;
        }
        Traces.Page page = traces.before(query.cursor(), query.limit(), query);
        Optional<String> unknown = query.route().filter(name -> routes.table().get(name) == null);
        if (unknown.isPresent() && page.traces().isEmpty()) { // of a route that is gone there may be some
            RouteChoice.unknown(unknown.get(), routes.table()).send(ctx.req(), ctx.res());
            return;
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("requests", page.traces().stream().map(TraceView::of).toList());
        page.next().ifPresent(next -> answer.put("next_cursor", next));
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
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
