package gateway.trace;

import gateway.http.Answer;
import gateway.http.Problem;
import gateway.http.Traced;
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
        boolean ended;
        try {
            ended = end(request, answer);
        } catch (Exception | Error e) { // perhaps out of memory
            Problem problem = UnforeseenFailure.problem(request, e);
            if (answer.isCommitted()) { // the part that was sent must not be taken for the whole
                callback.failed(e);
                return true;
            }
            problem.send(request, answer);
            ended = true;
        }
        if (!ended) {
            return super.handle(request, response, callback);
        }
        answer.complete(new Taken(request, callback));
        return true;
    }

    private boolean end(Request request, Answer answer) throws Exception {
        Trace trace = start.open(request, answer.fields());
        for (Stage stage : stages) {
            if (stage.ends(request, answer, trace)) {
                return true;
            }
        }
        return false;
    }

    /** Notes when the client has left instead of taking the end of an answer, which is sent when the stages are done. */
    private static final class Taken extends Callback.Nested {
        private final Request request;

        Taken(Request request, Callback callback) {
            super(callback);
            this.request = request;
        }

        @Override
        public void failed(Throwable failure) {
            if (Traced.of(request) instanceof Trace trace) {
                trace.endUntaken();
            }
            super.failed(failure);
        }
    }
}
