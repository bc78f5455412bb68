package gateway.admin;

import gateway.admin.view.AnswersView;
import gateway.admin.view.Wording;
import gateway.balance.Balancer;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.RouteLimits;
import gateway.limit.ShadowLimit;
import gateway.net.Peer;
import gateway.registry.AnswerClass;
import gateway.registry.AnswerCounts;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.route.Routes;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.trace.OutcomeCounts;
import gateway.trace.Trace;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;

/** The gateway's state: {@code /health} and {@code /stats}. */
public final class GatewayApi {
    private final ServiceList services;
    private final Routes routes;
    private final LimitHandler limiter;
    private final OutcomeCounts counts;
    private final Drain drain;
    private final Lifecycle lifecycle;
    private final Time time;
    private final Instant startedAt;

    /**
     * @param limiter counts the requests that the limit let through and refused
     * @param counts the requests of each route that have ended
     * @param lifecycle tells whether the gateway is about to stop, and what has ended though it runs
     */
    public GatewayApi(
            ServiceList services,
            Routes routes,
            LimitHandler limiter,
            OutcomeCounts counts,
            Lifecycle lifecycle,
            Time time) {
        this.services = services;
        this.routes = routes;
        this.limiter = limiter;
        this.counts = counts;
        this.drain = lifecycle.drain();
        this.lifecycle = lifecycle;
        this.time = time;
        this.startedAt = time.now();
    }

    /**
     * Answers {@code GET /health}: 200 while the gateway runs, even without a service; 503 once it drains. It is degraded
     * while no service is available, while a route has services of which none is, or while something is wrong in the gateway
     * itself.
     */
    public void health(Context ctx) {
        Map<String, Object> answer = new LinkedHashMap<>();
        List<String> ended = lifecycle.failed();
        List<String> troubles = lifecycle.troubles();
        List<String> unavailable = RouteSummary.unavailable(routes.table());
        answer.put("status", healthStatus(ended.isEmpty() && troubles.isEmpty() && unavailable.isEmpty()));
        answer.put("service", Release.NAME);
        answer.put("rate_limit_store", Wording.store(usual().limit()));
        answer.put("backend_services", Summary.of(services.all()));
        if (!unavailable.isEmpty()) {
            answer.put("unavailable_routes", unavailable);
        }
        if (!ended.isEmpty()) {
            answer.put("ended", ended);
        }
        if (!troubles.isEmpty()) {
            answer.put("troubles", troubles);
        }
        answer.put("timestamp", time.now().toString());
        ctx.status(drain.isDraining() ? 503 : 200).json(answer);
    }

    private String healthStatus(boolean well) {
        if (drain.isDraining()) {
            return "draining";
        }
        return well && !services.available().isEmpty() ? "healthy" : "degraded";
    }

    /** Answers {@code GET /stats}, which doesn't count towards the limit. */
    public void stats(Context ctx) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("rate_limiting", rateLimiting(Trace.of(ctx.req()).client()));
        RouteTable table = routes.table();
        answer.put("load_balancing", balancing(table));
        if (table.all().size() != 1) {
            answer.put(
                    "routes",
                    table.all().stream()
                            .map(route -> RouteSummary.of(route, counts))
                            .toList());
        }
        answer.put("backend_services", Summary.of(services.all()));
        answer.put("totals", totals());
        AnswerCounts answers = services.totals().answers();
        answer.put("answers", AnswersView.of(answers.sinceStart()));
        answer.put("last_minute", AnswersView.of(answers.lastMinute()));
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    /** Returns the limits of the default route or, if there is none, of the first by name. */
    private RouteLimits usual() {
        return limiter.limits().usual();
    }

    /** Describes the default or only route's strategy, with the place of the service that is next; else all strategies. */
    private static Map<String, Object> balancing(RouteTable table) {
        Map<String, Object> balancing = new LinkedHashMap<>();
        Route usual = table.usual();
        if (usual == null) {
            balancing.put("algorithm", Wording.balancing(table, null));
            return balancing;
        }
        Balancer balancer = usual.selection().balancer();
        List<Backend> available = usual.pool().snapshot().available();
        balancing.put("algorithm", balancer.name());
        int index = available.isEmpty()
                ? 0
                : balancer.next(available).map(available::indexOf).orElse(0);
        balancing.put("current_index", index);
        return balancing;
    }

    private Map<String, Object> rateLimiting(InetAddress client) {
        RouteLimits limits = usual();
        RateLimit limit = limits.limit();
        Map<String, Object> limiting = new LinkedHashMap<>();
        if (routes.table().all().size() != 1) {
            limiting.put("route", limits.route());
        }
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
        totals.put("failures", services.totals().answers().of(AnswerClass.NONE));
        totals.put("clients_remembered", limiter.limits().clients());
        return totals;
    }
}
