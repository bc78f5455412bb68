package gateway.limit;

import gateway.client.ClientAddress;
import gateway.http.ProblemType;
import gateway.net.Networks;
import gateway.net.Peer;
import gateway.settings.Rate;
import gateway.settings.Settings;
import gateway.trace.LimitDecision;
import gateway.trace.Trace;
import gateway.util.Time;
import gateway.util.Timer;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Lets a request pass on to the next handler, or answers 429. Exempt clients have no limit. */
public final class LimitHandler implements Handler, AutoCloseable {
    /** The request attribute for the decision of the limit that is being tried out. */
    private static final String ON_TRIAL = "gateway.limit.trial";

    private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    private final RateLimit limit;
    private final Networks exempt;
    private final boolean hasExempt;
    private final ShadowLimit shadow;
    private final Time time;
    private final LimitHeaders headers;
    private final int requests;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder exempted = new LongAdder();

    /**
     * @param exempt clients without a limit
     * @param shadow a limit to try out, even where the limit itself is off; empty if there is none
     */
    public LimitHandler(RateLimit limit, Networks exempt, Optional<ShadowLimit> shadow, Time time) {
        this.limit = limit;
        this.exempt = exempt;
        this.hasExempt = !exempt.isEmpty();
        this.shadow = shadow.orElse(null);
        this.time = time;
        this.requests = limit.rate().map(Rate::requests).orElse(0);
        this.headers = limit.rate().map(rate -> new LimitHeaders(rate, time)).orElse(null);
    }

    /** Makes a handler with the exempt clients and the shadow limit of the settings. */
    public LimitHandler(RateLimit limit, Settings settings, Time time) {
        this(
                limit,
                settings.clients().exempt(),
                settings.clients().shadow().map(rate -> new ShadowLimit(rate, settings.rememberedClients(), time)),
                time);
    }

    /**
     * Starts the limit, and schedules the sweeps that forget idle clients.
     *
     * @throws gateway.settings.InvalidSettings if the shared store is required but can't be reached
     */
    public void start(Timer timer) {
        limit.start();
        timer.housekeeping(FORGET_PAUSE, "idle clients", this::forgetIdle);
    }

    @Override
    public void handle(Context ctx) throws Exception {
        Trace trace = Trace.of(ctx.req());
        if (!trace.isForService()) {
            return;
        }
        InetAddress client = trace.client();
        if (hasExempt && exempt.contains(client)) {
            exempted.increment();
            return;
        }
        if (shadow != null) {
            ctx.req().setAttribute(ON_TRIAL, shadow.take(ClientAddress.of(client)));
        }
        if (headers == null) { // no limit: nothing to decide, no headers
            allowed.increment();
            return;
        }
        LimitDecision decision = limit.take(ClientAddress.of(client));
        headers.set(ctx.res(), decision);
        trace.decided(decision, requests);
        if (decision.allowed()) {
            allowed.increment();
            return;
        }
        refused.increment();
        refuse(ctx, client, decision);
    }

    /**
     * Takes back the count of a request of which no service got anything, and corrects the headers of its answer: an
     * outage must not use up the limits of clients that try again. Does nothing for a request that wasn't counted.
     */
    public void giveBack(HttpServletRequest request, HttpServletResponse response) {
        Trace trace = Trace.of(request);
        if (request.getAttribute(ON_TRIAL) instanceof LimitDecision trial && trial.allowed()) {
            shadow.giveBack(ClientAddress.of(trace.client()), trial);
        }
        LimitDecision taken = trace.limitDecision();
        if (taken == null || !taken.allowed()) {
            return;
        }
        LimitDecision standing = limit.giveBack(ClientAddress.of(trace.client()), taken);
        trace.decided(standing, requests);
        if (!response.isCommitted()) {
            headers.correct(response, standing);
        }
    }

    private void refuse(Context ctx, InetAddress client, LimitDecision decision) throws Exception {
        Rate rate = limit.rate().orElseThrow();
        long retryAfter = LimitHeaders.retryAfter(decision);
        ctx.res().setHeader("Retry-After", String.valueOf(retryAfter));
        String detail =
                "More than " + rate.words() + " from " + Peer.text(client) + "; try again in " + retryAfter + " s";
        ProblemType.RATE_LIMITED
                .problem(detail)
                .with("error", "Rate limit exceeded")
                .with("message", detail)
                .with("client_ip", Peer.text(client))
                .with("retry_after", retryAfter)
                .with("limit", rate.requests())
                .with("remaining", decision.remaining())
                .with("timestamp", time.now().toString())
                .send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }

    /** Returns the limit that is applied. */
    public RateLimit limit() {
        return limit;
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

    /** Returns whether this client is exempt from the limit. */
    public boolean isExempt(InetAddress client) {
        return exempt.contains(client);
    }

    /** Returns whether any clients are exempt from the limit. */
    public boolean hasExempt() {
        return hasExempt;
    }

    /** Returns the limit that is being tried out; empty if there is none. */
    public Optional<ShadowLimit> shadow() {
        return Optional.ofNullable(shadow);
    }

    private void forgetIdle() {
        limit.forgetIdle();
        shadow().ifPresent(ShadowLimit::forgetIdle);
    }

    /** Closes the limit. */
    @Override
    public void close() {
        limit.close();
    }
}
