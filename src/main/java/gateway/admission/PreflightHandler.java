package gateway.admission;

import gateway.http.Answer;
import gateway.http.Preflight;
import gateway.http.ProblemType;
import gateway.route.Cors;
import gateway.route.Route;
import gateway.trace.Stage;
import gateway.trace.Trace;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Answers browsers that ask whether a page may send a request, for routes that name the pages which may. Runs before the
 * limiter: a page can't help asking, and can't read a refusal. The fields of the answer are those of {@link CorsFields}.
 */
public final class PreflightHandler implements Stage {
    @Override
    public boolean ends(Request request, Answer answer, Trace trace) {
        Route route = trace.route();
        if (route == null || !isAnswered(route, request)) {
            return false;
        }
        Cors cors = route.config().cors();
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (CorsFields.allows(cors, origin)) {
            answer.status(204);
        } else {
            ProblemType.ORIGIN_NOT_ALLOWED
                    .problem("Pages of " + origin + " may not use the route " + route + ": its cors.origins has others")
                    .send(request, answer);
        }
        return true;
    }

    /** Returns whether the gateway answers a request of this route itself. */
    static boolean isAnswered(Route route, Request request) {
        return !route.config().cors().origins().isEmpty() && Preflight.isOne(request.getMethod(), request.getHeaders());
    }
}
