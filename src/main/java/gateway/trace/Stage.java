package gateway.trace;

import gateway.http.Answer;
import org.eclipse.jetty.server.Request;

/** One of the steps that each request takes before a path of the gateway's own answers it. */
@FunctionalInterface
public interface Stage {
    /**
     * Looks at a request, and perhaps answers it.
     *
     * @param trace the request's
     * @return whether the request is answered, so that no further stage gets it
     */
    boolean ends(Request request, Answer answer, Trace trace) throws Exception;
}
