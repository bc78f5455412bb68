package gateway.trace;

import gateway.registry.Backend;
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
     * @param backends requests sent to each service, by its name; services without any are left out
     */
    public record Point(
            long number,
            long timeMillis,
            Map<Outcome, Long> outcomes,
            Latency.Percentiles latency,
            Map<String, Long> backends) {}

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

    /** Ends the current step, here and in all latencies. */
    public synchronized void tick() {
        counts.latency().tick();
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            long count = counts.count(outcome);
            Long before = outcomesBefore.put(outcome, count);
            putIfAny(outcomes, outcome, count - (before == null ? 0 : before));
        }
        Map<Backend, Long> requests = new HashMap<>();
        Map<String, Long> backends = new TreeMap<>();
        for (Backend backend : services.all()) {
            backend.latency().tick();
            long count = backend.requests();
            requests.put(backend, count);
            long before = backendsBefore.getOrDefault(backend, 0L);
            putIfAny(backends, backend.name(), backends.getOrDefault(backend.name(), 0L) + count - before);
        }
        backendsBefore = requests;
        points.addLast(new Point(
                ticks++, time.now().toEpochMilli(), outcomes, counts.latency().lastStep(), backends));
        if (points.size() > KEPT) {
            points.removeFirst();
        }
    }

    private static <K> void putIfAny(Map<K, Long> counts, K key, long count) {
        if (count > 0) {
            counts.put(key, count);
        }
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
