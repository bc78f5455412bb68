package gateway.guard;

import gateway.Bounds;
import gateway.PathPrefix;
import gateway.Problem;
import gateway.ProxyError;
import gateway.Sizes;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Refuses at once what is too large, as far as that can be told from its header, and what is for a service when there
 * is enough under way. Before the limiter, so that what is refused here takes nothing of a client's limit.
 */
public final class BoundsHandler implements Handler {
    private final Bounds bounds;
    private final InFlight inFlight;
    private final PathPrefix services;

    /** @param services what is below this is for a service */
    BoundsHandler(Bounds bounds, InFlight inFlight, PathPrefix services) {
        this.bounds = bounds;
        this.inFlight = inFlight;
        this.services = services;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        HttpServletRequest request = ctx.req();
        String query = request.getQueryString();
        if (request.getRequestURI().length() + (query == null ? 0 : query.length() + 1) > bounds.uri()) {
            refuse(
                    ctx,
                    new Problem(
                            414,
                            "uri-too-long",
                            "URI too long",
                            "A request's path and query have at most " + Sizes.words(bounds.uri())));
        } else if (request.getContentLengthLong() > bounds.body()) {
            ctx.res().setHeader("Connection", "close"); // rather than reading what it has announced
            refuse(ctx, Problem.bodyTooLarge(bounds.body()));
            if (request.getHeader("Expect") == null) { // else it waits to be told to send
                Lingering.after(request, ctx.res());
            }
        } else if (inFlight.isFull() && services.covers(ctx.path())) {
            ctx.res().setHeader("Retry-After", "1");
            refuse(ctx, overloaded());
        }
    }

    private static void refuse(Context ctx, Problem problem) throws IOException {
        problem.send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }

    /** There are as many requests for services as there may be. */
    public static Problem overloaded() {
        return new Problem(
                503,
                "overloaded",
                "Overloaded",
                "The gateway has as many requests under way as it takes on; try again in a moment",
                ProxyError.CONNECTION_LIMIT_REACHED,
                null);
    }
}
