package gateway.admin.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.Snapshot;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.trace.Outcome;
import gateway.trace.OutcomeCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The routes on the dashboard. However many there are, an event has at most {@value #MOST_ROUTES} of them with {@value
 * #MOST_SERVICES} services: first those without an available service, then those with most requests. A viewer finds the
 * others by a part of their name, path or host.
 *
 * @param total how many routes there are
 * @param found how many of them the viewer looks for
 * @param unavailable how many have services of which none is available
 * @param strays how many services have registered for a route that is gone; they get no requests
 * @param shown by name
 */
@JsonNaming(SnakeCaseStrategy.class)
record LiveRoutes(int total, int found, long unavailable, long strays, List<View> shown) {
    static final int MOST_ROUTES = 40;
    static final int MOST_SERVICES = 120;

    /**
     * A route.
     *
     * @param match the requests that it takes, for people
     * @param limits its limits, as they are configured
     * @param health how its services are checked unless they say otherwise, for people
     * @param services how many services it has
     * @param available how many of them are available
     * @param unhealthy how many of them are unhealthy
     * @param farMoreErrors how many of them answer far more errors than the others
     * @param next the service that would be chosen next; null if none is available, or the strategy can't tell
     * @param totals its requests that have ended, by outcome
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record View(
            String name,
            String match,
            String algorithm,
            List<String> limits,
            String health,
            int services,
            int available,
            long unhealthy,
            long farMoreErrors,
            String next,
            String nextUrl,
            Map<String, Long> totals) {

        static View of(Route route, OutcomeCounts counts) {
            Snapshot pool = route.pool().snapshot();
            NextBackend next = NextBackend.of(route.selection().balancer(), pool.available());
            Map<String, Long> totals = new LinkedHashMap<>();
            for (Outcome outcome : Outcome.values()) {
                totals.put(outcome.word(), counts.count(route.name(), outcome));
            }
            return new View(
                    route.name(),
                    matchOf(route),
                    route.selection().balancer().name(),
                    route.config().limits().stream().map(Limit::toString).toList(),
                    healthOf(route),
                    pool.all().size(),
                    pool.available().size(),
                    pool.all().stream()
                            .filter(backend -> backend.statusWord().equals("unhealthy"))
                            .count(),
                    pool.all().stream()
                            .filter(backend -> backend.load().farMoreErrors())
                            .count(),
                    next.name(),
                    next.url(),
                    totals);
        }
    }

    /**
     * Returns the routes to show.
     *
     * @param services those of all routes
     * @param part of a name, path or host, whatever its case; empty for all routes
     */
    static LiveRoutes of(RouteTable table, List<Backend> services, String part, OutcomeCounts counts) {
        String wanted = part.strip().toLowerCase(Locale.ROOT);
        List<Route> found =
                table.all().stream().filter(route -> isFound(route, wanted)).toList();
        return new LiveRoutes(
                table.all().size(),
                found.size(),
                table.all().stream().filter(LiveRoutes::isDown).count(),
                services.stream()
                        .filter(backend -> table.get(backend.route()) == null)
                        .count(),
                first(found, counts).stream()
                        .map(route -> View.of(route, counts))
                        .toList());
    }

    private static boolean isFound(Route route, String part) {
        return part.isEmpty()
                || (route.name() + "\n" + matchOf(route))
                        .toLowerCase(Locale.ROOT)
                        .contains(part);
    }

    /** Returns what a route takes, as people write it: {@code shop.example/shop GET,POST}. */
    private static String matchOf(Route route) {
        Match match = route.config().match();
        String methods = match.methods().stream().sorted().collect(Collectors.joining(","));
        return match.host().orElse("") + match.path() + (methods.isEmpty() ? "" : " " + methods);
    }

    /** Returns how services are checked, without the query, which may hold a secret. */
    private static String healthOf(Route route) {
        HealthCheck health = route.config().health();
        return health.kind() == HealthCheck.Kind.HTTP
                ? health.pathWithoutQuery() + " " + health.statusText()
                : health.toString();
    }

    private static boolean isDown(Route route) {
        return route.pool().snapshot().isDown();
    }

    /** Returns the most important ones, by name like all. */
    private static List<Route> first(List<Route> found, OutcomeCounts counts) {
        if (found.size() <= MOST_ROUTES) {
            return found;
        }
        record Ranked(Route route, boolean works, long requests) {}
        return found.stream()
                .map(route -> new Ranked(route, !isDown(route), counts.countAll(route.name())))
                .sorted(Comparator.comparing(Ranked::works)
                        .thenComparing(
                                Comparator.comparingLong(Ranked::requests).reversed()))
                .limit(MOST_ROUTES)
                .map(Ranked::route)
                .sorted(Comparator.comparing(Route::name))
                .toList();
    }

    /** Returns the services of the shown routes: the first of each, so many that there is room for each route's first. */
    List<Backend> services(RouteTable table) {
        List<List<Backend>> pools = new ArrayList<>();
        for (View view : shown) {
            Route route = table.get(view.name());
            pools.add(route == null ? List.of() : route.pool().snapshot().all());
        }
        int each = MOST_SERVICES;
        while (sum(pools, each) > MOST_SERVICES) {
            each--;
        }
        List<Backend> services = new ArrayList<>();
        for (List<Backend> pool : pools) {
            services.addAll(pool.subList(0, Math.min(each, pool.size())));
        }
        return services;
    }

    private static int sum(List<List<Backend>> pools, int each) {
        return pools.stream().mapToInt(pool -> Math.min(each, pool.size())).sum();
    }
}
