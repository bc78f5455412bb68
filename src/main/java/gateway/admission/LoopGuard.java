package gateway.admission;

import gateway.http.ProblemType;
import gateway.http.Via;
import gateway.trace.Stage;
import gateway.trace.Trace;
import io.javalin.http.Context;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * Refuses requests that this gateway has forwarded and gets back, because a service's URL leads to it, perhaps through
 * another gateway. Applies to any path: such a request comes from this machine, but not from a client on it.
 */
public final class LoopGuard implements Stage {
    private final Via via;

    /** @param via this gateway's Via */
    public LoopGuard(Via via) {
        this.via = via;
    }

    @Override
    public boolean ends(Context ctx, Trace trace) throws Exception {
        if (!via.hasPassed(
                ServletContextRequest.getServletContextRequest(ctx.req()).getHeaders())) {
            return false;
        }
        ProblemType.LOOP_DETECTED
                .problem(
                        "This request has passed this gateway before: a service's URL leads back to it; GET /services lists them")
                .send(ctx.req(), ctx.res());
        return true;
    }
}
