package gateway.trace;

import gateway.client.ProxyPath;
import gateway.http.Problem;
import gateway.http.Traced;
import gateway.registry.Snapshot;
import jakarta.servlet.ServletRequest;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to one request, told as it goes along: by the limiter, the forwarder and whatever problem answers it.
 * Written by the request's own threads, one after the other; once {@link #end} has been called it changes no more and is
 * safe to read from any thread that gets it from {@link Traces}.
 */
public final class Trace implements Traced {
    /**
     * What the limiter decided; see {@code RateLimit.Decision}.
     *
     * @param allowed whether the request might pass
     * @param limit requests that its client may send in a window
     * @param remaining how many it had left
     * @param resetNanos when it would have one more, nanoseconds from {@link #time}
     */
    public record Verdict(boolean allowed, int limit, int remaining, long resetNanos) {}

    /** Longer paths are cut: a thousand traces must not keep a thousand times 32 KB. */
    private static final int LONGEST_PATH = 512;

    private final Instant time;
    private final long startedAt;
    private final InetAddress client;
    private final String method;
    private final String path;
    private final String requestId;
    private final TraceContext context;
    private final boolean forService;

    private ProxyPath cameThrough;
    private Verdict verdict;
    private Snapshot choice;
    private final List<Attempt> hops = new ArrayList<>(1);
    private Problem problem;
    private boolean brokenOff;
    private boolean clientGone;
    private boolean unanswered;
    private boolean routine;

    private long number;
    private long endedAt;
    private int status;
    private long bytes;
    private Outcome outcome;

    /**
     * @param time when it came
     * @param startedAt the same in nanoseconds, for durations
     * @param path as the client wrote it, without the query, which may hold what no log should
     * @param requestId null if it was refused before it got one, as is {@code context}
     * @param forService whether it is for a service rather than the gateway itself
     */
    Trace(
            Instant time,
            long startedAt,
            InetAddress client,
            String method,
            String path,
            String requestId,
            TraceContext context,
            boolean forService) {
        this.time = time;
        this.startedAt = startedAt;
        this.client = client;
        this.method = method;
        this.path = path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH) + "…";
        this.requestId = requestId;
        this.context = context;
        this.forService = forService;
    }

    /** Trusted proxies brought it; null if the peer isn't one. */
    void cameThrough(ProxyPath path) {
        this.cameThrough = path;
    }

    /** The limiter has decided. */
    public void judged(Verdict verdict) {
        this.verdict = verdict;
    }

    /** A backend was looked for, the list being so. */
    public void chosenFrom(Snapshot services) {
        this.choice = services;
    }

    /** An attempt has ended. */
    public void add(Attempt hop) {
        hops.add(hop);
    }

    /** A part of an answer had been sent when its backend failed; the connection was broken off. */
    public void brokenOff() {
        this.brokenOff = true;
    }

    /**
     * The client left before its answer was whole.
     *
     * @param answering whether some of it had been sent
     */
    public void clientGone(boolean answering) {
        this.clientGone = true;
        this.unanswered = !answering;
    }

    /** It is one of those that come again and again and change nothing, like the renewal of a lease. */
    public void routine() {
        this.routine = true;
    }

    @Override
    public void answeredBy(Problem problem) {
        this.problem = problem;
    }

    /** The request's trace. */
    public static Trace of(ServletRequest request) {
        return (Trace) request.getAttribute(ATTRIBUTE);
    }

    /** The answer has been sent, or the connection is gone. */
    void end(long now, int status, long bytes) {
        this.endedAt = now;
        this.status = unanswered ? 0 : status; // Jetty has one in any case
        this.bytes = bytes;
        this.outcome = judge();
    }

    private Outcome judge() {
        if (clientGone) {
            return Outcome.ABANDONED;
        }
        if (verdict != null && !verdict.allowed()) {
            return Outcome.LIMITED;
        }
        if (brokenOff || problem != null && problem.status() >= 500 && problem.status() != 501) {
            return Outcome.FAILED;
        }
        boolean refusedByJetty = requestId == null;
        return problem != null || refusedByJetty ? Outcome.REJECTED : Outcome.SERVED;
    }

    /** Its place in the order in which requests to services ended; given by {@link Traces}. */
    long number() {
        return number;
    }

    void number(long number) {
        this.number = number;
    }

    /** When it came. */
    public Instant time() {
        return time;
    }

    /** When it came, nanoseconds of the gateway's time. */
    public long startedAt() {
        return startedAt;
    }

    /** How long it took, to the last byte of its answer, nanoseconds. */
    public long durationNanos() {
        return endedAt - startedAt;
    }

    /** Whom it comes from: the peer of the TCP connection, or whom trusted proxies name. */
    public InetAddress client() {
        return client;
    }

    /** The way through trusted proxies; null if the peer isn't one. */
    public ProxyPath cameThrough() {
        return cameThrough;
    }

    /** Its method. */
    public String method() {
        return method;
    }

    /** Its path, undecoded and without the query; cut if very long. */
    public String path() {
        return path;
    }

    @Override
    public String requestId() {
        return requestId;
    }

    /** Its trace context; null if it was refused before it got one. */
    public TraceContext context() {
        return context;
    }

    @Override
    public String traceId() {
        return context == null ? null : context.traceId();
    }

    @Override
    public boolean isForService() {
        return forService;
    }

    /** What the limiter decided; null if there is no limit, or it wasn't asked. */
    public Verdict verdict() {
        return verdict;
    }

    /** The list when a backend was last looked for; null if none was. */
    public Snapshot choice() {
        return choice;
    }

    /** The attempts, in order. */
    public List<Attempt> hops() {
        return hops;
    }

    /** With what the gateway itself answered; null if it didn't. */
    public Problem problem() {
        return problem;
    }

    /** Whether logs needn't mention it. */
    public boolean isRoutine() {
        return routine;
    }

    /** The answer's status; 0 if there was none. */
    public int status() {
        return status;
    }

    /** The bytes of the answer's body that were sent. */
    public long bytes() {
        return bytes;
    }

    /** How it ended. */
    public Outcome outcome() {
        return outcome;
    }
}
