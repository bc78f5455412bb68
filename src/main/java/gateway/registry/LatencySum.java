package gateway.registry;

import gateway.registry.Latency.Percentiles;
import org.HdrHistogram.Histogram;

/**
 * The durations of several steps together. Their histograms are added up, so its percentiles are those of all durations;
 * percentiles of the steps say nothing of them. The histogram takes some 17 KB; it is made for the first duration. Not
 * thread-safe.
 */
public final class LatencySum {
    private Histogram sum;

    void add(Histogram step) {
        if (step.getTotalCount() == 0) {
            return;
        }
        if (sum == null) {
            sum = Latency.histogram();
        }
        sum.add(step);
    }

    /** Returns the percentiles of all durations that were added. */
    public Percentiles percentiles() {
        return sum == null ? Percentiles.NONE : Percentiles.of(sum);
    }

    /** Forgets all durations. */
    public void clear() {
        if (sum != null) {
            sum.reset();
        }
    }
}
