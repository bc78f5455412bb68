package gateway.trace;

import gateway.http.ResponseFields;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * Begins each request's trace, and takes it through the stages in their order. All are one handler: each that is
 * registered with Javalin costs every request a regular expression.
 */
public final class Stages implements Handler {
    private final TraceStart start;
    private final Stage[] stages;

    public Stages(TraceStart start, Stage... stages) {
        this.start = start;
        this.stages = stages.clone();
    }

    @Override
    public void handle(Context ctx) throws Exception {
        Trace trace =
                start.open(ServletContextRequest.getServletContextRequest(ctx.req()), ResponseFields.of(ctx.res()));
        for (Stage stage : stages) {
            if (stage.ends(ctx, trace)) {
                ctx.skipRemainingHandlers();
                return;
            }
        }
    }
}
