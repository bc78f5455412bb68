package gateway.admin;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Snapshot;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.trace.Outcome;
import gateway.trace.OutcomeCounts;
import java.util.List;

/**
 * A summary of a route in {@code /stats}, which everybody may read: nothing that says which requests it takes.
 *
 * @param requests how many of its requests have ended
 * @param limited how many of these were refused by its limits
 * @param failed how many of these got no complete answer
 */
@JsonNaming(SnakeCaseStrategy.class)
record RouteSummary(
        String name,
        String algorithm,
        int totalServices,
        int healthyServices,
        long requests,
        long limited,
        long failed) {

    private static final int MOST_NAMED = 20;

    static RouteSummary of(Route route, OutcomeCounts counts) {
        Snapshot pool = route.pool().snapshot();
        return new RouteSummary(
                route.name(),
                route.selection().balancer().name(),
                pool.all().size(),
                pool.available().size(),
                counts.countAll(route.name()),
                counts.count(route.name(), Outcome.LIMITED),
                counts.count(route.name(), Outcome.FAILED));
    }

    /**
     * Returns the names of routes that have services of which none is available, {@value #MOST_NAMED} at most; none if
     * there is only one route.
     */
    static List<String> unavailable(RouteTable table) {
        if (table.all().size() == 1) {
            return List.of();
        }
        return table.all().stream()
                .filter(route -> route.pool().snapshot().isDown())
                .map(Route::name)
                .limit(MOST_NAMED)
                .toList();
    }
}
