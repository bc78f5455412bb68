package gateway.trace;

import io.javalin.http.Context;

/** One of the steps that each request takes before a path of the gateway's own answers it. */
@FunctionalInterface
public interface Stage {
    /**
     * Looks at a request, and perhaps answers it.
     *
     * @return whether the request is answered, so that no further stage gets it
     */
    boolean ends(Context ctx, Trace trace) throws Exception;
}
