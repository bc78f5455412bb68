package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.http.Answer;
import gateway.http.Preflight;
import gateway.http.ProblemType;
import gateway.net.Networks;
import gateway.net.Peer;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.settings.Settings;
import gateway.trace.LimitDecision;
import gateway.trace.Stage;
import gateway.trace.Trace;
import gateway.util.Time;
import gateway.util.Timer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Lets a request pass on to the next stage, or answers 429.
 *
 * <p>Exempt clients have no limit: their requests count neither for themselves nor, in limits by a header or by the
 * route, for others. Preflights have none either: a browser sends them by itself, and what they ask about is counted when
 * it comes.
 */
public final class LimitHandler implements Stage, AutoCloseable {
    /** The request attribute for the decision of the limit that is being tried out. */
    private static final String ON_TRIAL = "gateway.limit.trial";

    private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    private final Limits limits;
    private final Networks exempt;
    private final boolean hasExempt;
    private final ShadowLimit shadow;
    private final Time time;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder exempted = new LongAdder();

    /**
     * @param exempt clients without a limit
     * @param shadow a limit to try out, even where the limit itself is off; empty if there is none
     */
    public LimitHandler(Limits limits, Networks exempt, Optional<ShadowLimit> shadow, Time time) {
        this.limits = limits;
        this.exempt = exempt;
        this.hasExempt = !exempt.isEmpty();
        this.shadow = shadow.orElse(null);
        this.time = time;
    }

    /** Makes a handler with the exempt clients and the shadow limit of the settings. */
    public LimitHandler(Limits limits, Settings settings, Time time) {
        this(
                limits,
                settings.clients().exempt(),
                settings.clients().shadow().map(rate -> new ShadowLimit(rate, settings.rememberedClients(), time)),
                time);
    }

    /**
     * Starts the limits, and schedules the sweeps that forget idle clients.
     *
     * @throws gateway.settings.InvalidSettings if the shared store is required but can't be reached
     */
    public void start(Timer timer) {
        limits.start();
        timer.housekeeping(FORGET_PAUSE, "idle clients", this::forgetIdle);
    }

    @Override
    public boolean ends(Request request, Answer answer, Trace trace) {
        Route route = trace.route();
        if (route == null) {
            return false;
        }
        InetAddress client = trace.client();
        if (hasExempt && exempt.contains(client)) {
            exempted.increment();
            return false;
        }
        RouteLimits own = limits.of(route);
        if (Preflight.isOne(trace.method(), request.getHeaders())) {
            passed(own);
            return false;
        }
        if (shadow != null) {
            request.setAttribute(ON_TRIAL, shadow.take(ClientAddress.of(client)));
        }
        LimitHeaders headers = own.headers();
        if (headers == null) { // no limit: nothing to decide, no headers
            passed(own);
            return false;
        }
        LimitDecision decision = own.limit().take(key(own, trace, request));
        headers.set(answer.fields(), decision);
        trace.decided(decision, own.limits().get(decision.limit()));
        if (decision.allowed()) {
            passed(own);
            return false;
        }
        refused.increment();
        own.counts().refused().increment();
        refuse(request, answer, trace, decision);
        return true;
    }

    private void passed(RouteLimits own) {
        allowed.increment();
        own.counts().allowed().increment();
    }

    private static LimitKey key(RouteLimits own, Trace trace, Request request) {
        return own.key(trace.client(), own.isByHeader() ? request.getHeaders() : HttpFields.EMPTY);
    }

    /**
     * Takes back the count of a request of which no service got anything, and corrects the headers of its answer: an
     * outage must not use up the limits of clients that try again. Does nothing for a request that wasn't counted.
     */
    public void giveBack(Request request, Answer answer, Trace trace) {
        if (request.getAttribute(ON_TRIAL) instanceof LimitDecision trial && trial.allowed()) {
            shadow.giveBack(ClientAddress.of(trace.client()), trial);
        }
        LimitDecision taken = trace.limitDecision();
        if (taken == null || !taken.allowed()) {
            return;
        }
        RouteLimits own = limits.of(trace.route());
        if (own.headers() == null) { // the limit is gone since
            return;
        }
        LimitDecision standing = own.limit().giveBack(key(own, trace, request), taken);
        trace.decided(standing, own.limits().get(standing.limit()));
        if (!answer.isCommitted()) {
            own.headers().correct(answer.fields(), standing);
        }
    }

    private void refuse(Request request, Answer answer, Trace trace, LimitDecision decision) {
        Limit limit = trace.limit();
        InetAddress client = trace.client();
        long retryAfter = LimitHeaders.retryAfter(decision);
        answer.fields().put(HttpHeader.RETRY_AFTER, retryAfter);
        String detail = "More than " + limit.rate().words() + whose(limit, trace, request) + "; try again in "
                + retryAfter + " s";
        ProblemType.RATE_LIMITED
                .problem(detail)
                .with("error", "Rate limit exceeded")
                .with("message", detail)
                .with("client_ip", Peer.text(client))
                .with("retry_after", retryAfter)
                .with("limit", limit.rate().requests())
                .with("remaining", decision.remaining())
                .with("route", trace.route().name())
                .with("limit_by", limit.keyText())
                .with("timestamp", time.now().toString())
                .send(request, answer);
    }

    /** Says whose requests count together in a limit. */
    private static String whose(Limit limit, Trace trace, Request request) {
        return switch (limit.key()) {
            case CLIENT -> " from " + Peer.text(trace.client());
            case HEADER ->
                CountedBy.of(limit).keyOf(trace.client(), request.getHeaders()).isHashed()
                        ? " with this " + limit.header()
                        : " without " + limit.header() + " from " + Peer.text(trace.client());
            case ROUTE -> " on this route";
        };
    }

    /** Returns the limits of all routes. */
    public Limits limits() {
        return limits;
    }

    /** Returns how many requests were let through since the start. */
    public long allowed() {
        return allowed.sum();
    }

    /** Returns how many requests were refused since the start. */
    public long refused() {
        return refused.sum();
    }

    /** Returns how many requests of exempt clients came since the start. */
    public long exempted() {
        return exempted.sum();
    }

    /** Returns whether this client is exempt from all limits. */
    public boolean isExempt(InetAddress client) {
        return exempt.contains(client);
    }

    /** Returns whether any clients are exempt from all limits. */
    public boolean hasExempt() {
        return hasExempt;
    }

    /** Returns the limit that is being tried out; empty if there is none. */
    public Optional<ShadowLimit> shadow() {
        return Optional.ofNullable(shadow);
    }

    private void forgetIdle() {
        limits.forgetIdle();
        shadow().ifPresent(ShadowLimit::forgetIdle);
    }

    /** Closes the limits. */
    @Override
    public void close() {
        limits.close();
    }
}
