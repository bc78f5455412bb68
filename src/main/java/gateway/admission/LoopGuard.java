package gateway.admission;

import gateway.http.ProblemType;
import gateway.http.Via;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * Refuses what this gateway has sent on and gets back, because a service's URL leads to it, perhaps by way of another
 * gateway. Whatever the path: such a request comes from this machine, but not from anybody on it.
 */
public final class LoopGuard implements Handler {
    private final Via via;

    /** @param via what this gateway writes into requests */
    public LoopGuard(Via via) {
        this.via = via;
    }

    @Override
    public void handle(Context ctx) throws Exception {
        if (!via.hasPassed(
                ServletContextRequest.getServletContextRequest(ctx.req()).getHeaders())) {
            return;
        }
        ProblemType.LOOP_DETECTED
                .problem(
                        "This request has passed this gateway before: a service's URL leads back to it; GET /services lists them")
                .send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }
}
