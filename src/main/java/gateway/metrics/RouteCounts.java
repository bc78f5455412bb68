package gateway.metrics;

import gateway.trace.Outcome;
import java.util.concurrent.atomic.LongAdder;

/** The requests of one route by outcome and status class, and how long the served ones took. */
final class RouteCounts {
    private static final int CLASSES = Metrics.STATUS_CLASSES.size();

    private final LongAdder[] requests = Metrics.adders(Metrics.OUTCOMES.size() * CLASSES);
    private final Histogram served = new Histogram();

    void count(int outcome, int statusClass, long nanos) {
        requests[outcome * CLASSES + statusClass].increment();
        if (outcome == Outcome.SERVED.ordinal()) {
            served.record(nanos);
        }
    }

    long count(int outcome, int statusClass) {
        return requests[outcome * CLASSES + statusClass].sum();
    }

    /** Returns how many requests had this outcome. */
    long sum(int outcome) {
        long sum = 0;
        for (int statusClass = 0; statusClass < CLASSES; statusClass++) {
            sum += count(outcome, statusClass);
        }
        return sum;
    }

    Histogram served() {
        return served;
    }
}
