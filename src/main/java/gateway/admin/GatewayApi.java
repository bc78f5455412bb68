package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.view.Wording;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.RouteLimits;
import gateway.limit.ShadowLimit;
import gateway.net.Peer;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.Routes;
import gateway.server.AdminPort;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.trace.Trace;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** The gateway's state: {@code /}, {@code /health} and {@code /stats}. */
public final class GatewayApi {
    private final ServiceList services;
    private final Routes routes;
    private final AtomicInteger index;
    private final LimitHandler limiter;
    private final AdminAuth auth;
    private final Drain drain;
    private final Supplier<List<String>> failed;
    private final Time time;
    private final Instant startedAt;

    /**
     * @param index of the default route's round robin, for display
     * @param limiter counts the requests that the limit let through and refused
     * @param auth knows on which port the operators' paths are
     * @param lifecycle tells whether the gateway is about to stop, and what has ended though it runs
     */
    public GatewayApi(
            ServiceList services,
            Routes routes,
            AtomicInteger index,
            LimitHandler limiter,
            AdminAuth auth,
            Lifecycle lifecycle,
            Time time) {
        this.services = services;
        this.routes = routes;
        this.index = index;
        this.limiter = limiter;
        this.auth = auth;
        this.drain = lifecycle.drain();
        this.failed = lifecycle::failed;
        this.time = time;
        this.startedAt = time.now();
    }

    /** Answers {@code GET /}: an overview as JSON, or for browsers a redirect to the dashboard. */
    public void overview(Context ctx) {
        ctx.res().setHeader("Vary", "Accept");
        boolean forOperators = auth.areHere(ctx.req());
        if (forOperators && prefersHtml(ctx.req().getHeader("Accept"))) {
            ctx.redirect("/dashboard", HttpStatus.SEE_OTHER);
            return;
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("service", Release.NAME);
        answer.put("version", Release.VERSION);
        answer.put("status", drain.isDraining() ? "draining" : "running");
        answer.put("features", features());
        answer.put("backend_services", services.all().size());
        answer.put("timestamp", time.now().toString());
        Map<String, String> links = new LinkedHashMap<>();
        links.put("health", "/health");
        links.put("services", "/services");
        links.put("routes", "/routes");
        links.put("gateways", "/gateways");
        links.put("stats", "/stats");
        if (!AdminPort.isOf(ctx.req())) {
            links.put("api", "/api/");
        }
        if (forOperators) {
            links.put("dashboard", "/dashboard");
        }
        links.put("docs", "/docs");
        if (forOperators) {
            links.put("metrics", "/metrics");
        }
        answer.put("links", links);
        ctx.json(answer);
    }

    private static boolean prefersHtml(String accept) {
        QuotedQualityCSV types = new QuotedQualityCSV();
        try {
            types.addValue(accept == null ? "" : accept);
        } catch (IllegalArgumentException e) { // not a valid list
            return false;
        }
        List<String> wanted = types.getValues(); // without those of quality 0
        return !wanted.isEmpty() && wanted.get(0).equalsIgnoreCase("text/html");
    }

    private List<String> features() {
        return List.of(
                "Load Balancing (" + Wording.balancing(routes.table(), null) + ")",
                "Rate Limiting (" + Wording.rateLimit(usual().limit()) + ")",
                "Health Checks",
                "Request Forwarding");
    }

    /** Answers {@code GET /health}: 200 while the gateway runs, even without a service; 503 once it drains. */
    public void health(Context ctx) {
        Map<String, Object> answer = new LinkedHashMap<>();
        List<String> ended = failed.get();
        answer.put("status", healthStatus(ended));
        answer.put("service", Release.NAME);
        answer.put("rate_limit_store", Wording.store(usual().limit()));
        answer.put("backend_services", Summary.of(services.all()));
        if (!ended.isEmpty()) {
            answer.put("ended", ended);
        }
        answer.put("timestamp", time.now().toString());
        ctx.status(drain.isDraining() ? 503 : 200).json(answer);
    }

    private String healthStatus(List<String> ended) {
        if (drain.isDraining()) {
            return "draining";
        }
        return services.available().isEmpty() || !ended.isEmpty() ? "degraded" : "healthy";
    }

    /** Answers {@code GET /stats}, which doesn't count towards the limit. */
    public void stats(Context ctx) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("rate_limiting", rateLimiting(Trace.of(ctx.req()).client()));
        Map<String, Object> balancing = new LinkedHashMap<>();
        balancing.put("algorithm", Wording.balancing(routes.table(), null));
        balancing.put(
                "current_index",
                Math.floorMod(index.get(), Math.max(1, services.available().size())));
        answer.put("load_balancing", balancing);
        answer.put("backend_services", Summary.of(services.all()));
        answer.put("totals", totals());
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    /** Returns the limits of the default route. */
    private RouteLimits usual() {
        return limiter.limits().usual();
    }

    private Map<String, Object> rateLimiting(InetAddress client) {
        RouteLimits limits = usual();
        RateLimit limit = limits.limit();
        Map<String, Object> limiting = new LinkedHashMap<>();
        LimitDecision decision = limit.look(limits.key(client, HttpFields.EMPTY));
        Optional<Rate> rate =
                limits.limits().stream().map(Limit::rate).skip(decision.limit()).findFirst();
        limiting.put("limit", rate.<Object>map(Rate::requests).orElse("off"));
        limiting.put("algorithm", limit.algorithm());
        limiting.put("store", Wording.store(limit));
        limiting.put("your_ip", Peer.text(client));
        rate.ifPresent(any -> {
            limiting.put("window_seconds", any.window().toMillis() / 1000.0);
            limiting.put("remaining_requests", decision.remaining());
            limiting.put("reset_in_seconds", decision.resetSeconds());
        });
        if (limiter.isExempt(client)) {
            limiting.put("exempt", true);
        }
        limiter.shadow().ifPresent(shadow -> limiting.put("shadow", shadow(shadow)));
        return limiting;
    }

    private static Map<String, Object> shadow(ShadowLimit shadow) {
        Map<String, Object> tried = new LinkedHashMap<>();
        tried.put("limit", shadow.rate().requests());
        tried.put("window_seconds", shadow.rate().window().toMillis() / 1000.0);
        tried.put("allowed", shadow.allowed());
        tried.put("refused", shadow.refused());
        return tried;
    }

    private Map<String, Object> totals() {
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("since", startedAt.toString());
        totals.put("requests", limiter.allowed() + limiter.refused() + limiter.exempted());
        totals.put("limited", limiter.refused());
        if (limiter.hasExempt()) {
            totals.put("exempt", limiter.exempted());
        }
        totals.put("forwarded", services.totals().requests().sum());
        totals.put("failures", services.totals().failures().sum());
        totals.put("clients_remembered", limiter.limits().clients());
        return totals;
    }
}
