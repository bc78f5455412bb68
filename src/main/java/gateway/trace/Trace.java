package gateway.trace;

import gateway.client.ProxyPath;
import gateway.http.Problem;
import gateway.http.Traced;
import gateway.route.Limit;
import gateway.route.Route;
import jakarta.servlet.ServletRequest;
import java.net.InetAddress;
import java.time.Instant;

/**
 * The record of one request, written as it goes along by the limiter, the forwarder and the problem that answers it.
 * The request's own threads write it, one after the other; after {@link #end} it no longer changes and may be read by
 * any thread that gets it from {@link Traces}.
 */
public final class Trace extends ForwardingNotes implements Traced {
    /** The header with the request id. */
    public static final String REQUEST_ID = "X-Request-ID";

    // What is longer is cut: whatever clients and services send, a thousand traces must stay small.

    private static final int LONGEST_METHOD = 64;
    private static final int LONGEST_PATH = 512;
    private static final int LONGEST_DETAIL = 512;

    private final Instant time;
    private final long startedAt;
    private final InetAddress client;
    private final String method;
    private final String path;
    private final String requestId;
    private final TraceContext context;
    private final Route route;

    private ProxyPath proxyPath;
    private LimitDecision limitDecision;
    private Limit limit;
    private Problem problem;
    private boolean clientGone;
    private boolean unanswered;
    private boolean routine;

    private long number;
    private long endedAt;
    private int status;
    private long bytes;
    private Outcome outcome;

    /**
     * @param time when the request arrived
     * @param startedAt the same moment in nanoseconds, for durations
     * @param path as the client wrote it; without the query, which may hold secrets
     * @param requestId null, like {@code context}, if Jetty refused the request before it got one
     * @param route the route that takes the request; null if it is for the gateway itself
     */
    Trace(
            Instant time,
            long startedAt,
            InetAddress client,
            String method,
            String path,
            String requestId,
            TraceContext context,
            Route route) {
        this.time = time;
        this.startedAt = startedAt;
        this.client = client;
        this.method = LogText.cut(method, LONGEST_METHOD);
        this.path = LogText.cut(path, LONGEST_PATH);
        this.requestId = requestId;
        this.context = context;
        this.route = route;
    }

    /** Notes the trusted proxies that the request came through; null if the peer isn't one. */
    void proxyPath(ProxyPath path) {
        this.proxyPath = path;
    }

    /**
     * Notes the limiter's decision.
     *
     * @param limit the limit that the decision is about
     */
    public void decided(LimitDecision limitDecision, Limit limit) {
        this.limitDecision = limitDecision;
        this.limit = limit;
    }

    /**
     * Notes that the client left before it had the whole answer.
     *
     * @param answering whether some of the answer had been sent
     */
    public void clientGone(boolean answering) {
        this.clientGone = true;
        this.unanswered = !answering;
    }

    /** Notes that the client left instead of taking the end of its answer; a problem, or a broken answer, stays that. */
    void endUntaken() {
        this.clientGone |= problem == null && !isBrokenOff();
    }

    /**
     * Marks the request as one that recurs and changes nothing, like the renewal of a lease, so that it isn't logged.
     */
    public void routine() {
        this.routine = true;
    }

    @Override
    public void answeredBy(Problem problem) {
        this.problem = problem.detail().length() <= LONGEST_DETAIL
                ? problem
                : problem.withDetail(LogText.cut(problem.detail(), LONGEST_DETAIL));
    }

    /** Returns the request's trace. */
    public static Trace of(ServletRequest request) {
        return (Trace) request.getAttribute(ATTRIBUTE);
    }

    /** Ends the trace: the answer has been sent, or the connection is gone. */
    void end(long now, int status, long bytes) {
        this.endedAt = now;
        this.status = unanswered ? 0 : status; // Jetty reports a status even if none was sent
        this.bytes = bytes;
        this.outcome = findOutcome();
    }

    private Outcome findOutcome() {
        if (clientGone) {
            return Outcome.ABANDONED;
        }
        if (limitDecision != null && !limitDecision.allowed()) {
            return Outcome.LIMITED;
        }
        if (isBrokenOff() || problem != null && problem.status() >= 500 && problem.status() != 501) {
            return Outcome.FAILED;
        }
        boolean refusedByJetty = requestId == null;
        return problem != null || refusedByJetty ? Outcome.REJECTED : Outcome.SERVED;
    }

    /** Returns the request's number in the order in which requests to services ended, as {@link Traces} counts them. */
    long number() {
        return number;
    }

    void number(long number) {
        this.number = number;
    }

    /** Returns when the request arrived. */
    public Instant time() {
        return time;
    }

    /** Returns when the request arrived, nanoseconds of the gateway's time. */
    public long startedAt() {
        return startedAt;
    }

    /** Returns how long the request took, to the last byte of its answer, nanoseconds. */
    public long durationNanos() {
        return endedAt - startedAt;
    }

    /** Returns the client's address: the TCP connection's peer, or the address that trusted proxies name. */
    public InetAddress client() {
        return client;
    }

    /** Returns the trusted proxies that the request came through; null if the peer isn't one. */
    public ProxyPath proxyPath() {
        return proxyPath;
    }

    /** Returns the request's method. */
    public String method() {
        return method;
    }

    /** Returns the path, undecoded and without the query; cut if very long. */
    public String path() {
        return path;
    }

    @Override
    public String requestId() {
        return requestId;
    }

    /** Returns the trace context; null if Jetty refused the request before it got one. */
    public TraceContext context() {
        return context;
    }

    @Override
    public String traceId() {
        return context == null ? null : context.traceId();
    }

    @Override
    public boolean isForService() {
        return route != null;
    }

    /** Returns the route that takes the request; null if it is for the gateway itself. */
    public Route route() {
        return route;
    }

    /** Returns the limiter's decision; null if there is no limit or it doesn't apply to this request. */
    public LimitDecision limitDecision() {
        return limitDecision;
    }

    /** Returns the limit that {@link #limitDecision} is about: of several the tightest; null without it. */
    public Limit limit() {
        return limit;
    }

    /** Returns the problem that the gateway itself answered with; null if it didn't. */
    public Problem problem() {
        return problem;
    }

    /** Returns whether the request is left out of the access log. */
    public boolean isRoutine() {
        return routine;
    }

    /** Returns the answer's status; 0 if there was no answer. */
    public int status() {
        return status;
    }

    /** Returns how many bytes of the answer's body were sent. */
    public long bytes() {
        return bytes;
    }

    /** Returns how the request ended. */
    public Outcome outcome() {
        return outcome;
    }
}
