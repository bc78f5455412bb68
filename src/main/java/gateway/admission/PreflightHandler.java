package gateway.admission;

import gateway.http.Preflight;
import gateway.http.ProblemType;
import gateway.http.ResponseFields;
import gateway.route.Cors;
import gateway.route.Route;
import gateway.trace.Stage;
import gateway.trace.Trace;
import io.javalin.http.Context;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Answers browsers that ask whether a page may send a request, for routes that name the pages which may. Runs before the
 * limiter: a page can't help asking, and can't read a refusal. The fields of the answer are those of {@link CorsFields}.
 */
public final class PreflightHandler implements Stage {
    @Override
    public boolean ends(Context ctx, Trace trace) throws IOException {
        Route route = trace.route();
        Request request = ServletContextRequest.getServletContextRequest(ctx.req());
        if (route == null || !isAnswered(route, request)) {
            return false;
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
        return true;
    }

    /** Returns whether the gateway answers a request of this route itself. */
    static boolean isAnswered(Route route, Request request) {
        return !route.config().cors().origins().isEmpty() && Preflight.isOne(request.getMethod(), request.getHeaders());
    }
}
