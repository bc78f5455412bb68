package gateway.admission;

import gateway.http.Preflight;
import gateway.http.ProblemType;
import gateway.http.ResponseFields;
import gateway.route.Cors;
import gateway.route.Route;
import gateway.trace.Trace;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Answers browsers that ask whether a page may send a request, for routes that name the pages which may. Runs before the
 * limiter: a page can't help asking, and can't read a refusal. The fields of the answer are those of {@link CorsFields}.
 */
public final class PreflightHandler implements Handler {
    @Override
    public void handle(Context ctx) throws IOException {
        Route route = Trace.of(ctx.req()).route();
        Request request = ServletContextRequest.getServletContextRequest(ctx.req());
        if (route == null || !isAnswered(route, request)) {
            return;
        }
        Cors cors = route.config().cors();
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (CorsFields.allows(cors, origin)) {
            ctx.res().setStatus(204);
            ResponseFields.of(ctx.res()).remove(HttpHeader.CONTENT_TYPE); // Javalin's default
        } else {
            ProblemType.ORIGIN_NOT_ALLOWED
                    .problem("Pages of " + origin + " may not use the route " + route + ": its cors.origins has others")
                    .send(ctx.req(), ctx.res());
        }
        ctx.skipRemainingHandlers();
    }

    /** Returns whether the gateway answers a request of this route itself. */
    static boolean isAnswered(Route route, Request request) {
        return !route.config().cors().origins().isEmpty() && Preflight.isOne(request.getMethod(), request.getHeaders());
    }
}
