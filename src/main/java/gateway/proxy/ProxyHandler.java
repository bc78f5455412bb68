package gateway.proxy;

import gateway.admission.Backoff;
import gateway.admission.ConcurrencyLimit;
import gateway.http.Answer;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.http.Via;
import gateway.limit.LimitHandler;
import gateway.proxy.upstream.UpstreamRequest;
import gateway.route.Route;
import gateway.trace.Stage;
import gateway.trace.Trace;
import java.io.IOException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Forwards the requests that a route takes to one of its backends, normally without the route's prefix: {@code
 * /api/data?x=1} becomes {@code /data?x=1}. It is a stage, not the handler of a path, so that any method works and nothing
 * of Javalin's touches a backend's answer.
 */
public final class ProxyHandler implements Stage {
    private static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final Forwarder forwarder;
    private final LimitHandler limiter;
    private final Via via;
    private final ConcurrencyLimit inFlight;
    private final Runnable leave;

    /**
     * @param limiter gets back what it counted for a request that reached no service
     * @param via this gateway's Via
     * @param inFlight bounds how many are forwarded at the same time
     */
    public ProxyHandler(Forwarder forwarder, LimitHandler limiter, Via via, ConcurrencyLimit inFlight) {
        this.forwarder = forwarder;
        this.limiter = limiter;
        this.via = via;
        this.inFlight = inFlight;
        this.leave = inFlight::leave;
    }

    @Override
    public boolean ends(Request request, Answer answer, Trace trace) throws IOException {
        Route route = trace.route();
        if (route == null) {
            return false;
        }
        String method = request.getMethod();
        if (method.equals("TRACE") || method.equals("CONNECT")) {
            answer.fields().put(HttpHeader.ALLOW, ALLOWED);
            refuse(
                    ProblemType.METHOD_NOT_ALLOWED.problem(method + " isn't forwarded; try " + ALLOWED),
                    request,
                    answer,
                    trace);
            return true;
        }
        ClientRequest asked = new ClientRequest(request, route, trace);
        try {
            forward(asked, answer);
        } finally {
            asked.discardBody();
        }
        return true;
    }

    private void forward(ClientRequest asked, Answer answer) throws IOException {
        UpstreamRequest sent = RequestHeaders.toBackend(asked, via);
        if (!inFlight.enter()) { // the limit was reached after Door had let the request in
            refuse(ConcurrencyLimit.overloaded(), asked.jetty, answer, asked.trace);
            return;
        }
        Problem problem;
        boolean passed = false;
        try {
            if (asked.client != null) {
                asked.client.begin();
            }
            problem = forwarder.forward(asked, sent, answer);
            passed = problem == null;
        } finally {
            if (asked.client != null) {
                asked.client.end();
            }
            if (passed) {
                answer.whenTaken(leave); // till then, the end of the answer is kept for the client
            } else {
                inFlight.leave();
            }
            if (!asked.trace.hasReachedService()) {
                limiter.giveBack(asked.jetty, answer, asked.trace);
            }
        }
        if (problem != null) { // only now: a client that reads this slowly must not count
            answer(problem, asked.jetty, answer);
        }
    }

    /** Answers a request that isn't sent to any service, and so doesn't count against its client's limit. */
    private void refuse(Problem problem, Request request, Answer answer, Trace trace) throws IOException {
        limiter.giveBack(request, answer, trace);
        answer(problem, request, answer);
    }

    private static void answer(Problem problem, Request request, Answer answer) throws IOException {
        if (problem.status() == 503) {
            answer.fields().put(HttpHeader.RETRY_AFTER, "1");
        }
        problem.send(request, answer);
        if (problem.proxyStatus().error() == ProxyError.CONNECTION_LIMIT_REACHED) {
            Backoff.after(answer);
        }
    }
}
