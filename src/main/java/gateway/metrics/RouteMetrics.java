package gateway.metrics;

import gateway.route.Route;
import gateway.route.Routes;
import gateway.trace.Outcome;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Counts the requests of each route. A route has its counters from the moment at which it takes requests, all at zero,
 * so that a rate over them misses nothing, and loses them with its name: there are never more series than routes. What
 * a request costs is one look-up by name.
 *
 * <p>These are metrics of their own beside those of the whole gateway, which stay what they were with one route.
 */
final class RouteMetrics {
    private final ConcurrentHashMap<String, RouteCounts> routes = new ConcurrentHashMap<>();

    /** Begins the counts of new routes, and ends those of routes that are no more. */
    void change(Routes.Change change) {
        Set<String> names = change.after().all().stream().map(Route::name).collect(Collectors.toSet());
        names.forEach(name -> routes.computeIfAbsent(name, any -> new RouteCounts()));
        routes.keySet().retainAll(names);
    }

    /** Counts a request that has ended, unless its route is gone by now. */
    void count(String route, int outcome, int statusClass, long nanos) {
        RouteCounts counts = routes.get(route);
        if (counts != null) {
            counts.count(outcome, statusClass, nanos);
        }
    }

    /** Returns how many of a route's requests have ended with this outcome; 0 if there is no such route. */
    long count(String route, Outcome outcome) {
        RouteCounts counts = routes.get(route);
        return counts == null ? 0 : counts.sum(outcome.ordinal());
    }

    MetricSnapshot requests() {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        for (Map.Entry<String, RouteCounts> route : routes.entrySet()) {
            for (int outcome = 0; outcome < Metrics.OUTCOMES.size(); outcome++) {
                for (int statusClass = 0; statusClass < Metrics.STATUS_CLASSES.size(); statusClass++) {
                    long count = route.getValue().count(outcome, statusClass);
                    if (count > 0 || isUsual(Metrics.OUTCOMES.get(outcome), statusClass)) {
                        Labels labels = Labels.of(
                                "route", route.getKey(),
                                "outcome", Metrics.OUTCOMES.get(outcome).word(),
                                "status_class", Metrics.STATUS_CLASSES.get(statusClass));
                        points.add(new CounterDataPointSnapshot(count, labels, null, 0));
                    }
                }
            }
        }
        return new CounterSnapshot(
                new MetricMetadata(
                        "gateway_route_requests",
                        "Requests of the route that have ended, by outcome (served, limited, failed, rejected, abandoned)"),
                points);
    }

    /** Returns whether an outcome commonly comes with this class of status: such counters are there before the first. */
    private static boolean isUsual(Outcome outcome, int statusClass) {
        return switch (outcome) {
            case SERVED -> statusClass >= 2;
            case LIMITED, REJECTED -> statusClass == 4;
            case FAILED -> statusClass == 5;
            case ABANDONED -> statusClass == 0;
        };
    }

    MetricSnapshot durations() {
        List<HistogramDataPointSnapshot> points = new ArrayList<>();
        routes.forEach((name, counts) -> points.add(counts.served().snapshot(Labels.of("route", name))));
        return new HistogramSnapshot(
                new MetricMetadata(
                        "gateway_route_request_duration_seconds",
                        "Durations of the route's served requests, from arrival to the last byte of the answer"),
                points);
    }
}
