package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.admin.view.AnswersView;
import gateway.admin.view.Wording;
import gateway.balance.Balancer;
import gateway.events.EventLog;
import gateway.lifecycle.Drain;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.RouteLimits;
import gateway.registry.ServiceList;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.route.Routes;
import gateway.trace.Outcome;
import gateway.trace.OutcomeCounts;
import gateway.util.Release;
import gateway.util.Time;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The data of the dashboard: the gateway's current state. */
public final class LiveView {
    private static final int MOST_CLIENTS = 10;

    private final ServiceList services;
    private final Routes routes;
    private final LimitHandler limiter;
    private final OutcomeCounts counts;
    private final EventLog events;
    private final LiveGateway gateway;
    private final Drain drain;
    private final Time time;
    private final Instant startedAt;
    private List<NearestClient> nearest = List.of();
    private long nearestAgainAt;

    /**
     * @param limiter counts what the limit let through and refused
     * @param events tells which services have left
     * @param gateway tells which gateway this is, and with which it shares
     */
    public LiveView(
            ServiceList services,
            Routes routes,
            LimitHandler limiter,
            OutcomeCounts counts,
            EventLog events,
            LiveGateway gateway,
            Drain drain,
            Time time) {
        this.services = services;
        this.routes = routes;
        this.limiter = limiter;
        this.counts = counts;
        this.events = events;
        this.gateway = gateway;
        this.drain = drain;
        this.time = time;
        this.startedAt = time.now();
        this.nearestAgainAt = time.nanos();
    }

    /**
     * The gateway's current state.
     *
     * @param limit null if there is no limit
     * @param answers what has become of the requests to services since the start, each attempt once
     * @param lastMinute the same of the last minute
     * @param balancer that of the default route or, if there is none, of the only one; else null
     * @param routes null while there is only one, which then has all services
     * @param left the services that left lately
     * @param gateway which gateway this is, and with which it shares
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record State(
            String time,
            String version,
            String status,
            String started,
            Limiting limit,
            BalancerView balancer,
            Map<String, Long> totals,
            AnswersView answers,
            AnswersView lastMinute,
            int inFlight,
            LivePercentiles latency,
            @JsonInclude(JsonInclude.Include.NON_NULL) LiveRoutes routes,
            List<LiveBackend> backends,
            List<LiveLeft> left,
            LiveGateway.View gateway) {}

    /**
     * The limiter.
     *
     * @param policy the limits, for people; {@code by route} if there are several routes
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Limiting(
            String policy, String store, int clients, long allowed, long refused, List<NearestClient> nearest) {}

    /**
     * The balancer.
     *
     * @param next the service that it would choose next; null if none is available, or the strategy can't tell
     * @param nextUrl the URL of that service's instance
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record BalancerView(String name, String next, String nextUrl) {
        static BalancerView of(Route route) {
            Balancer balancer = route.selection().balancer();
            NextBackend next = NextBackend.of(balancer, route.pool().snapshot().available());
            return new BalancerView(balancer.name(), next.name(), next.url());
        }
    }

    /**
     * Returns the data of a {@code state} event. Called by one thread at a time.
     *
     * @param part of the name, path or host of the routes that the viewer looks for; empty for all routes
     */
    State state(String part) {
        RouteTable table = routes.table();
        LiveRoutes live = table.all().size() == 1 ? null : LiveRoutes.of(table, services.all(), part, counts);
        Route usual = table.usual();
        Map<String, Long> totals = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            totals.put(outcome.word(), counts.count(outcome));
        }
        return new State(
                time.now().toString(),
                Release.VERSION,
                drain.isDraining() ? "draining" : "running",
                startedAt.toString(),
                limiting(table),
                usual == null ? null : BalancerView.of(usual),
                totals,
                AnswersView.of(services.totals().answers().sinceStart()),
                AnswersView.of(services.totals().answers().lastMinute()),
                services.all().stream()
                        .mapToInt(backend -> backend.load().inFlight())
                        .sum(),
                LivePercentiles.of(counts.latency().window()),
                live,
                (live == null ? services.all() : live.services(table))
                        .stream()
                                .map(backend -> LiveBackend.of(backend, table.get(backend.route()), time.nanos()))
                                .toList(),
                LiveLeft.of(events, services.all(), time.now()),
                gateway.view());
    }

    private Limiting limiting(RouteTable table) {
        List<RouteLimits> all = limiter.limits().all().stream()
                .filter(route -> !route.limits().isEmpty())
                .toList();
        if (all.isEmpty()) {
            return null;
        }
        RateLimit first = all.get(0).limit();
        boolean several = table.all().size() > 1;
        return new Limiting(
                several ? "by route" : Wording.rateLimit(first),
                Wording.store(first),
                limiter.limits().clients(),
                limiter.allowed(),
                limiter.refused(),
                nearest(all, several));
    }

    /**
     * Returns the clients nearest to a limit. This walks all clients, so it is repeated only after twenty times as long
     * as it took.
     */
    private List<NearestClient> nearest(List<RouteLimits> limits, boolean several) {
        long start = time.nanos();
        if (start - nearestAgainAt >= 0) {
            nearest = NearestClient.of(limits, several, MOST_CLIENTS);
            long end = time.nanos();
            nearestAgainAt = end + 20 * (end - start);
        }
        return nearest;
    }
}
