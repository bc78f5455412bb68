package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.admin.view.ServiceView;
import gateway.admin.view.Wording;
import gateway.balance.Balancer;
import gateway.lifecycle.Drain;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.registry.Backend;
import gateway.registry.Latency;
import gateway.registry.ServiceList;
import gateway.trace.History;
import gateway.trace.Outcome;
import gateway.trace.OutcomeCounts;
import gateway.util.Release;
import gateway.util.Time;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The data of the dashboard: the gateway's current state, and the steps of its history. */
public final class LiveView {
    private static final int MOST_CLIENTS = 10;

    private final ServiceList services;
    private final Balancer balancer;
    private final LimitHandler limiter;
    private final OutcomeCounts counts;
    private final Drain drain;
    private final Time time;
    private final Instant startedAt;
    private List<Nearest> nearest = List.of();
    private long nearestAgainAt;

    /** @param limiter counts what the limit let through and refused */
    public LiveView(
            ServiceList services,
            Balancer balancer,
            LimitHandler limiter,
            OutcomeCounts counts,
            Drain drain,
            Time time) {
        this.services = services;
        this.balancer = balancer;
        this.limiter = limiter;
        this.counts = counts;
        this.drain = drain;
        this.time = time;
        this.startedAt = time.now();
        this.nearestAgainAt = time.nanos();
    }

    /** The gateway's current state. */
    @JsonNaming(SnakeCaseStrategy.class)
    record State(
            String time,
            String version,
            String status,
            String started,
            Limit limit,
            BalancerView balancer,
            Map<String, Long> totals,
            int inFlight,
            Percentiles latency,
            List<BackendView> backends) {}

    /** The limiter; null where there is no limit. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Limit(
            String policy,
            String store,
            int limit,
            long windowMs,
            int clients,
            long allowed,
            long refused,
            List<Nearest> nearest) {}

    /** A client near its limit. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Nearest(String client, int used, int remaining, long nextFreeInMs, long allFreeInMs) {}

    /**
     * The balancer.
     *
     * @param next the service that it would choose next; null if none is available
     * @param nextUrl the URL of that service's instance
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record BalancerView(String name, String next, String nextUrl) {
        static BalancerView of(Balancer balancer, List<Backend> available) {
            Optional<Backend> next = available.isEmpty() ? Optional.empty() : balancer.next(available);
            return new BalancerView(
                    balancer.name(),
                    next.map(Backend::name).orElse(null),
                    next.map(Backend::urlText).orElse(null));
        }
    }

    /** Percentiles of the last minute; null without requests. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Percentiles(Double p50Ms, Double p99Ms) {
        static Percentiles of(Latency.Percentiles latency) {
            return new Percentiles(Wording.millis(latency.p50()), Wording.millis(latency.p99()));
        }
    }

    /** A backend with its latency. */
    record BackendView(
            @JsonUnwrapped ServiceView service,
            @JsonUnwrapped Percentiles latency) {}

    /** Returns the data of a {@code state} event. Called by one thread at a time. */
    State state() {
        Map<String, Long> totals = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            totals.put(outcome.word(), counts.count(outcome));
        }
        return new State(
                time.now().toString(),
                Release.VERSION,
                drain.isDraining() ? "draining" : "running",
                startedAt.toString(),
                limit(),
                BalancerView.of(balancer, services.available()),
                totals,
                services.all().stream().mapToInt(Backend::inFlight).sum(),
                Percentiles.of(counts.latency().window()),
                services.all().stream()
                        .map(backend -> new BackendView(
                                ServiceView.of(backend, time.nanos()),
                                Percentiles.of(backend.latency().window())))
                        .toList());
    }

    /** Returns the first limit of the default route. */
    private Limit limit() {
        RateLimit limit = limiter.limits().usual().limit();
        return limit.limits().stream()
                .map(gateway.route.Limit::rate)
                .findFirst()
                .map(rate -> new Limit(
                        Wording.rateLimit(limit),
                        Wording.store(limit),
                        rate.requests(),
                        rate.window().toMillis(),
                        limiter.limits().clients(),
                        limiter.allowed(),
                        limiter.refused(),
                        nearest(limit)))
                .orElse(null);
    }

    /**
     * Returns the clients nearest to their limit. This walks all clients, so it is repeated only after twenty times as
     * long as it took.
     */
    private List<Nearest> nearest(RateLimit limit) {
        long start = time.nanos();
        if (start - nearestAgainAt >= 0) {
            nearest = limit.fullest(MOST_CLIENTS).stream()
                    .map(usage -> new Nearest(
                            usage.client().toString(),
                            usage.used(),
                            usage.remaining(),
                            Wording.millisUp(usage.nextFreeNanos()),
                            Wording.millisUp(usage.allFreeNanos())))
                    .toList();
            long end = time.nanos();
            nearestAgainAt = end + 20 * (end - start);
        }
        return nearest;
    }

    /** Returns a step for the dashboard: counts by outcome, latency, requests by backend. */
    static Map<String, Object> point(History.Point point) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("time_ms", point.timeMillis());
        for (Outcome outcome : Outcome.values()) {
            view.put(outcome.word(), point.outcomes().getOrDefault(outcome, 0L));
        }
        view.put("p50_ms", Wording.millis(point.latency().p50()));
        view.put("p99_ms", Wording.millis(point.latency().p99()));
        view.put("backends", point.backends());
        return view;
    }
}
