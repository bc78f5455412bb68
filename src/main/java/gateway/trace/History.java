package gateway.trace;

import gateway.registry.Answers;
import gateway.registry.Backend;
import gateway.registry.ErrorComparison;
import gateway.registry.Latency;
import gateway.registry.ServiceList;
import gateway.util.Time;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened in the last 15 minutes, the last hour and the last 24 hours, in steps: the differences between two
 * readings of counters that exist anyway, so a request costs nothing more. The counters are read every {@link #STEP};
 * each reading is added to the step under way of each {@link Span}. Percentiles of a longer step are of all requests in
 * it, since what is added up are histograms.
 *
 * <p>All spans together keep at most 860 steps: 300, 267 and 290, and the three under way. A step takes half a
 * kilobyte, and 42 bytes for each name in it, of which there are at most 102; so all steps take 4 MB at most. Names are
 * those that the list of services has anyway; a name that has left the list takes up to 176 bytes more. That would be
 * another 15 MB if each step had other names than all steps before. What is being added up takes 17 KB for each
 * histogram, and 100 bytes for each name, of which there are at most {@value NameCounts#MOST_UNDER_WAY} at a time in
 * each of six sums: 3 MB with as many services.
 */
public final class History {
    /** How often {@link #tick} is to be called. */
    public static final Duration STEP = Duration.ofSeconds(3);

    /** Stands for all that have no place of their own in a step; no name, since it has a space. */
    public static final String OTHERS = NameCounts.OTHERS;

    /**
     * One step.
     *
     * @param number the step's number among those of its span, from 0
     * @param endNanos when it ended, by {@link Time#nanos}
     * @param timeMillis when it ended, milliseconds since 1970
     * @param durationMillis how long it lasted, milliseconds: more than a step of its span if the process stood still, less
     * for the step under way
     * @param outcomes requests to the services by outcome; outcomes without any are left out
     * @param latency how long the served requests took
     * @param answers requests to all services by the class of their answers
     * @param backends requests sent to each service, by its full name; services without any are left out
     * @param routes requests sent to the services of each route, by its name, likewise
     */
    public record Point(
            long number,
            long endNanos,
            long timeMillis,
            long durationMillis,
            Map<Outcome, Long> outcomes,
            Latency.Percentiles latency,
            Answers answers,
            Map<String, Long> backends,
            Map<String, Long> routes) {
        Point endedAt(long timeMillis) {
            return new Point(
                    number, endNanos, timeMillis, durationMillis, outcomes, latency, answers, backends, routes);
        }
    }

    private final OutcomeCounts counts;
    private final ServiceList services;
    private final Time time;
    private final Map<Span, Steps> spans = new EnumMap<>(Span.class);
    private final Map<Outcome, Long> outcomesBefore = new EnumMap<>(Outcome.class);
    private Map<Backend, Long> backendsBefore = new HashMap<>();
    private long tickedAt;

    public History(OutcomeCounts counts, ServiceList services, Time time) {
        this.counts = counts;
        this.services = services;
        this.time = time;
        this.tickedAt = time.nanos();
        for (Span span : Span.values()) {
            spans.put(span, new Steps(span));
        }
    }

    /**
     * Ends the current step, here, in all latencies and in all counts of answers; then compares the services' errors.
     */
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
        Map<String, Long> backends = new HashMap<>();
        Map<String, Long> routes = new HashMap<>();
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
        long now = time.nanos();
        Steps.Reading reading = new Steps.Reading(
                tickedAt,
                now,
                time.now().toEpochMilli(),
                outcomes,
                counts.latency(),
                services.totals().answers().tick(),
                backends,
                routes);
        tickedAt = now;
        spans.values().forEach(steps -> steps.add(reading));
    }

    /** Returns the steps of the shortest span that have ended, from this number on, oldest first. */
    public synchronized List<Point> since(long number) {
        return spans.get(Span.QUARTER_HOUR).since(number, false, time);
    }

    /** Returns the steps of a span, oldest first. The last one may be under way. */
    public synchronized List<Point> of(Span span) {
        return spans.get(span).since(0, true, time);
    }
}
