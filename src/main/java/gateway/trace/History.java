package gateway.trace;

import gateway.registry.Answers;
import gateway.registry.Backend;
import gateway.registry.ErrorComparison;
import gateway.registry.Latency;
import gateway.registry.ServiceList;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last 15 minutes in steps of {@link #STEP}: the differences between two readings of counters that exist anyway.
 */
public final class History {
    /** How often {@link #tick} is to be called. */
    public static final Duration STEP = Duration.ofSeconds(3);

    private static final int KEPT = (int) (Duration.ofMinutes(15).toMillis() / STEP.toMillis());

    /**
     * One step.
     *
     * @param number the step's number, from 0
     * @param timeMillis when it ended, milliseconds since 1970
     * @param outcomes requests to the services by outcome; outcomes without any are left out
     * @param latency how long the served requests took
     * @param answers requests to all services by the class of their answers
     * @param backends requests sent to each service, by its full name; services without any are left out
     * @param routes requests sent to the services of each route, by its name, likewise
     */
    public record Point(
            long number,
            long timeMillis,
            Map<Outcome, Long> outcomes,
            Latency.Percentiles latency,
            Answers answers,
            Map<String, Long> backends,
            Map<String, Long> routes) {}

    /** Stands for all that have no place of their own in a step; no name, since it has a space. */
    public static final String OTHERS = "all others";

    private static final int MOST_NAMES = 50;

    private final OutcomeCounts counts;
    private final ServiceList services;
    private final Time time;
    private final ArrayDeque<Point> points = new ArrayDeque<>();
    private final Map<Outcome, Long> outcomesBefore = new EnumMap<>(Outcome.class);
    private Map<Backend, Long> backendsBefore = new HashMap<>();
    private long ticks;

    public History(OutcomeCounts counts, ServiceList services, Time time) {
        this.counts = counts;
        this.services = services;
        this.time = time;
    }

    /** Ends the current step, here, in all latencies and in all counts of answers; then compares the services' errors. */
    public synchronized void tick() {
        counts.latency().tick();
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            long count = counts.count(outcome);
            Long before = outcomesBefore.put(outcome, count);
            long news = count - (before == null ? 0 : before);
            if (news > 0) {
                outcomes.put(outcome, news);
            }
        }
        Map<Backend, Long> requests = new HashMap<>();
        Map<String, Long> backends = new TreeMap<>();
        Map<String, Long> routes = new TreeMap<>();
        for (Backend backend : services.all()) {
            backend.latency().tick();
            backend.load().byClass().tick();
            long count = backend.load().requests();
            requests.put(backend, count);
            long news = count - backendsBefore.getOrDefault(backend, 0L);
            if (news > 0) {
                backends.merge(backend.id().name(), news, Long::sum);
                routes.merge(backend.route(), news, Long::sum);
            }
        }
        backendsBefore = requests;
        ErrorComparison.mark(services);
        points.addLast(new Point(
                ticks++,
                time.now().toEpochMilli(),
                outcomes,
                counts.latency().lastStep(),
                services.totals().answers().tick(),
                bounded(backends),
                bounded(routes)));
        if (points.size() > KEPT) {
            points.removeFirst();
        }
    }

    /** Returns the largest counts by name, and the sum of the others: a quarter of an hour must stay small. */
    static Map<String, Long> bounded(Map<String, Long> counts) {
        if (counts.size() <= MOST_NAMES) {
            return counts;
        }
        Map<String, Long> kept = new TreeMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry ->
                        kept.merge(kept.size() < MOST_NAMES ? entry.getKey() : OTHERS, entry.getValue(), Long::sum));
        return kept;
    }

    /** Returns the steps from this number on, oldest first. */
    public synchronized List<Point> since(long number) {
        List<Point> found = new ArrayList<>();
        for (Point point : points) {
            if (point.number() >= number) {
                found.add(point);
            }
        }
        return found;
    }
}
