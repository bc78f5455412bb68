package gateway.trace;

import gateway.http.Answer;
import gateway.http.UnforeseenFailure;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Begins each request's trace, and takes it through the stages in their order. What none of them ends is for the handler
 * within, Javalin's with the gateway's own paths: requests to services don't pay for the servlet layer below that.
 */
public final class Stages extends Handler.Wrapper {
    private final TraceStart start;
    private final Stage[] stages;

    public Stages(TraceStart start, Stage... stages) {
        this.start = start;
        this.stages = stages.clone();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Answer answer = new Answer(response);
        if (!end(request, answer)) {
            return super.handle(request, response, callback);
        }
        answer.complete(callback);
        return true;
    }

    private boolean end(Request request, Answer answer) {
        try {
            Trace trace = start.open(request, answer.fields());
            for (Stage stage : stages) {
                if (stage.ends(request, answer, trace)) {
                    return true;
                }
            }
            return false;
        } catch (Exception | Error e) { // perhaps out of memory
            UnforeseenFailure.problem(request, e).send(request, answer);
            return true;
        }
    }
}
