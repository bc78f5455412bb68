package gateway.trace;

import gateway.registry.Answers;
import gateway.registry.Latency;
import gateway.registry.LatencySum;
import gateway.trace.History.Point;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The steps of one span: those that have ended, and the one under way, to which readings are added until it is as long as
 * a step. How long is told by the monotonic clock, so a wall clock that is set neither stretches nor shortens a step. A
 * reading that is longer than a step, since the process stood still, is a step of its own: requests before it and after
 * it aren't taken for those of the whole time. Not thread-safe.
 */
final class Steps {
    /**
     * What happened between two readings of the counters.
     *
     * @param beginNanos the time of the first, by {@link Time#nanos}
     * @param endNanos the time of the second
     * @param timeMillis the same, milliseconds since 1970
     * @param outcomes requests by outcome
     * @param latency has the durations of the served requests as its last step
     * @param answers requests to services by class
     * @param backends requests sent to each service, by full name
     * @param routes requests sent to the services of each route, by name
     */
    record Reading(
            long beginNanos,
            long endNanos,
            long timeMillis,
            Map<Outcome, Long> outcomes,
            Latency latency,
            Answers answers,
            Map<String, Long> backends,
            Map<String, Long> routes) {
        long nanos() {
            return endNanos - beginNanos;
        }
    }

    /** Steps that the wall clock shows closer to each other than by this less than they were aren't believed. */
    private static final long TOLERANCE_MILLIS = 1000;

    private static final long HALF_A_READING = History.STEP.dividedBy(2).toNanos();

    private final Span span;
    private final int most;
    private final ArrayDeque<Point> ended = new ArrayDeque<>();
    private long number;

    // The step under way; last is null while it has no reading.
    private long beginNanos;
    private Reading last;
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final LatencySum latency = new LatencySum();
    private Answers answers = Answers.none();
    private final NameCounts backends = new NameCounts();
    private final NameCounts routes = new NameCounts();

    Steps(Span span) {
        this.span = span;
        this.most = most(span);
    }

    /**
     * Returns how many ended steps fill the span: a step is at most half a reading shorter than it should be, and that of
     * the shortest span, which has one reading, isn't.
     */
    private static int most(Span span) {
        long shortest = Math.max(span.step().toNanos() - HALF_A_READING, History.STEP.toNanos());
        return Math.toIntExact((span.length().toNanos() + shortest - 1) / shortest);
    }

    void add(Reading reading) {
        if (last != null && reading.nanos() >= span.step().toNanos()) {
            end();
        }
        if (last == null) {
            beginNanos = reading.beginNanos();
        }
        last = reading;
        reading.outcomes().forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        reading.latency().addLastStepTo(latency);
        answers = answers.plus(reading.answers());
        backends.add(reading.backends());
        routes.add(reading.routes());
        // to the nearest reading: readings come a little late, and a step must not grow by a whole one for that
        if (reading.endNanos() - beginNanos >= span.step().toNanos() - HALF_A_READING) {
            end();
        }
    }

    private void end() {
        ended.addLast(underWay());
        if (ended.size() > most) {
            ended.removeFirst();
        }
        number++;
        last = null;
        outcomes.clear();
        latency.clear();
        answers = Answers.none();
        backends.clear();
        routes.clear();
    }

    private Point underWay() {
        return new Point(
                number,
                last.endNanos(),
                last.timeMillis(),
                Duration.ofNanos(last.endNanos() - beginNanos).toMillis(),
                new EnumMap<>(outcomes),
                latency.percentiles(),
                answers,
                backends.busiest(),
                routes.busiest());
    }

    /**
     * Returns the steps of the span from this number on, oldest first, at times of the present wall clock: where it was set
     * back since, the steps before keep their distance by the monotonic clock, so that none is after a later one.
     *
     * @param all whether the step under way is among them, if it has a reading
     */
    List<Point> since(long from, boolean all, Time time) {
        long laterNanos = time.nanos();
        long laterMillis = time.now().toEpochMilli();
        long oldest = laterMillis - span.length().toMillis();
        ArrayDeque<Point> found = new ArrayDeque<>();
        Iterator<Point> newestFirst = ended.descendingIterator();
        Point point = all && last != null ? underWay() : next(newestFirst);
        while (point != null && point.number() >= from) {
            long latest = laterMillis
                    - Duration.ofNanos(laterNanos - point.endNanos()).toMillis();
            Point placed = point.timeMillis() <= latest + TOLERANCE_MILLIS ? point : point.endedAt(latest);
            if (placed.timeMillis() <= oldest) {
                break;
            }
            found.addFirst(placed);
            laterNanos = placed.endNanos();
            laterMillis = placed.timeMillis();
            point = next(newestFirst);
        }
        return new ArrayList<>(found);
    }

    private static Point next(Iterator<Point> points) {
        return points.hasNext() ? points.next() : null;
    }
}
