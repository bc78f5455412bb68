package gateway.admission;

import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.settings.Bounds;
import gateway.util.Sizes;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Refuses at once what is too large, as far as that can be told from its header. Before the limiter, so that what is
 * refused here takes nothing of a client's limit.
 */
public final class BoundsHandler implements Handler {
    private final Bounds bounds;

    BoundsHandler(Bounds bounds) {
        this.bounds = bounds;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        HttpServletRequest request = ctx.req();
        String query = request.getQueryString();
        if (request.getRequestURI().length() + (query == null ? 0 : query.length() + 1) > bounds.uri()) {
            refuse(
                    ctx,
                    ProblemType.URI_TOO_LONG.problem(
                            "A request's path and query have at most " + Sizes.words(bounds.uri())));
        } else if (request.getContentLengthLong() > bounds.body()) {
            ctx.res().setHeader("Connection", "close"); // rather than reading what it has announced
            refuse(ctx, Problem.bodyTooLarge(bounds.body()));
            if (request.getHeader("Expect") == null) { // else it waits to be told to send
                LingeringClose.after(request, ctx.res());
            }
        }
    }

    private static void refuse(Context ctx, Problem problem) throws IOException {
        problem.send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }
}
