package gateway.admin;

import gateway.metrics.Exposition;
import io.javalin.http.Context;
import java.io.IOException;

/** The metrics for Prometheus: {@code GET /metrics}. */
public final class MetricsApi {
    private final Exposition exposition;

    public MetricsApi(Exposition exposition) {
        this.exposition = exposition;
    }

    /** Answers {@code GET /metrics} in Prometheus's text format, or in OpenMetrics if the client accepts that. */
    public void metrics(Context ctx) throws IOException {
        Exposition.Page page = exposition.page(ctx.req().getHeader("Accept"));
        ctx.contentType(page.contentType()).result(page.bytes());
    }
}
