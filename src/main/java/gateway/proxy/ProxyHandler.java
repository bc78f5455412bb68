package gateway.proxy;

import gateway.admission.Backoff;
import gateway.admission.ConcurrencyLimit;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.http.Via;
import gateway.limit.LimitHandler;
import gateway.proxy.upstream.UpstreamRequest;
import gateway.route.Route;
import gateway.trace.Stage;
import gateway.trace.Trace;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

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
    }

    @Override
    public boolean ends(Context ctx, Trace trace) throws Exception {
        Route route = trace.route();
        if (route == null) {
            return false;
        }
        HttpServletRequest request = ctx.req();
        String method = request.getMethod();
        if (method.equals("TRACE") || method.equals("CONNECT")) {
            ctx.res().setHeader("Allow", ALLOWED);
            refuse(ProblemType.METHOD_NOT_ALLOWED.problem(method + " isn't forwarded; try " + ALLOWED), ctx);
            return true;
        }
        ClientRequest asked = new ClientRequest(request, route, ctx.path(), trace);
        try {
            forward(asked, ctx);
        } finally {
            asked.discardBody();
        }
        return true;
    }

    private void forward(ClientRequest asked, Context ctx) throws IOException {
        UpstreamRequest sent = RequestHeaders.toBackend(asked, via);
        if (!inFlight.enter()) { // the limit was reached after Door had let the request in
            refuse(ConcurrencyLimit.overloaded(), ctx);
            return;
        }
        Problem problem;
        try {
            if (asked.client != null) {
                asked.client.begin();
            }
            problem = forwarder.forward(asked, sent, ctx.res());
        } finally {
            if (asked.client != null) {
                asked.client.end();
            }
            inFlight.leave();
            if (!asked.trace.hasReachedService()) {
                limiter.giveBack(ctx.req(), ctx.res());
            }
        }
        if (problem != null) { // only now: a client that reads this slowly must not count
            answer(problem, ctx);
        }
    }

    /** Answers a request that isn't sent to any service, and so doesn't count against its client's limit. */
    private void refuse(Problem problem, Context ctx) throws IOException {
        limiter.giveBack(ctx.req(), ctx.res());
        answer(problem, ctx);
    }

    private static void answer(Problem problem, Context ctx) throws IOException {
        if (problem.status() == 503) {
            ctx.res().setHeader("Retry-After", "1");
        }
        problem.send(ctx.req(), ctx.res());
        if (problem.proxyStatus().error() == ProxyError.CONNECTION_LIMIT_REACHED) {
            Backoff.after(ctx.res());
        }
    }
}
