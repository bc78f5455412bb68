package gateway.admission;

import gateway.http.Answer;
import gateway.http.ProblemType;
import gateway.http.Via;
import gateway.trace.Stage;
import gateway.trace.Trace;
import org.eclipse.jetty.server.Request;

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
    public boolean ends(Request request, Answer answer, Trace trace) {
        if (!via.hasPassed(request.getHeaders())) {
            return false;
        }
        ProblemType.LOOP_DETECTED
                .problem(
                        "This request has passed this gateway before: a service's URL leads back to it; GET /services lists them")
                .send(request, answer);
        return true;
    }
}
