package gateway.admin;

import gateway.admin.view.StepsView;
import gateway.http.Problem;
import gateway.trace.History;
import gateway.trace.Span;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the dashboard's plots show: the requests of the last minutes or hours. */
final class HistoryApi {
    private final History history;
    private final Time time;

    HistoryApi(History history, Time time) {
        this.history = history;
        this.time = time;
    }

    /**
     * Answers {@code GET /dashboard/history}: the steps of a span, oldest first; {@code ?span=} says of which, else of the
     * shortest.
     */
    void history(Context ctx) throws IOException {
        QueryReader query = new QueryReader(ctx.queryParamMap(), List.of("span"));
        Span span = query.read("span", Span::of, "one of " + Span.words()).orElse(Span.QUARTER_HOUR);
        if (!query.errors().isEmpty()) {
            Problem.badRequest(String.join("; ", query.errors())).send(ctx.req(), ctx.res());
            return;
        }
        StepsView steps = StepsView.of(span, history.of(span));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("span", span.word());
        answer.put("step_ms", steps.stepMs());
        answer.put("points", steps.points());
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }
}
