package gateway.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of durations with fixed buckets from 1 ms to 30 s. Recording adds to two adders; most durations fall into
 * one of the first buckets.
 */
final class Histogram {
    private static final List<Double> BOUNDS = List.of(
            0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, Double.POSITIVE_INFINITY);

    private final long[] mostNanos = BOUNDS.stream()
            .mapToLong(seconds -> (long) (seconds * 1e9)) // infinity becomes Long.MAX_VALUE
            .toArray();
    private final LongAdder[] buckets = Metrics.adders(BOUNDS.size());
    private final LongAdder sum = new LongAdder();

    void record(long nanos) {
        int bucket = 0;
        while (nanos > mostNanos[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        sum.add(nanos);
    }

    HistogramDataPointSnapshot snapshot(Labels labels) {
        List<Long> counts = Arrays.stream(buckets).map(LongAdder::sum).toList();
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(BOUNDS, counts), sum.sum() / 1e9, labels, Exemplars.EMPTY, 0);
    }
}
