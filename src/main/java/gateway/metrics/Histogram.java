package gateway.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** Durations in fixed buckets, 1 ms to 30 s. Recording adds to two adders; most find their bucket at the first looks. */
final class Histogram {
    private static final double[] BOUNDS = {
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, Double.POSITIVE_INFINITY
    };
    private static final long[] MOST_NANOS = Arrays.stream(BOUNDS)
            .mapToLong(seconds -> (long) (seconds * 1e9)) // infinity becomes Long.MAX_VALUE
            .toArray();

    private final LongAdder[] buckets = Metrics.adders(BOUNDS.length);
    private final LongAdder sum = new LongAdder();

    void record(long nanos) {
        int bucket = 0;
        while (nanos > MOST_NANOS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        sum.add(nanos);
    }

    HistogramDataPointSnapshot snapshot(Labels labels) {
        long[] counts = Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray();
        return new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(BOUNDS, counts), sum.sum() / 1e9, labels, Exemplars.EMPTY, 0);
    }
}
