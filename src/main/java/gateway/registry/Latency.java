package gateway.registry;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Percentiles of recent durations. Recording takes no lock. Only {@link #tick} reads the recorded values; the
 * percentiles that it computes stay until the next tick.
 *
 * <p>Values are kept with two significant digits in units of {@value #UNIT_NANOS} ns up to a minute. Each of the four
 * histograms takes some 17 KB; they are made when the first value is recorded.
 */
public final class Latency {
    /**
     * Percentiles in milliseconds.
     *
     * @param p50 the median; NaN without values
     * @param p99 the 99th percentile; NaN without values
     */
    public record Percentiles(double p50, double p99) {
        static final Percentiles NONE = new Percentiles(Double.NaN, Double.NaN);

        static Percentiles of(Histogram histogram) {
            return histogram.getTotalCount() == 0
                    ? NONE
                    : new Percentiles(millis(histogram, 50), millis(histogram, 99));
        }

        private static double millis(Histogram histogram, double percentile) {
            return histogram.getValueAtPercentile(percentile) * UNIT_NANOS / 1e6;
        }
    }

    private static final int UNIT_NANOS = 8_000;
    private static final long MOST_UNITS = 60_000_000_000L / UNIT_NANOS;
    private static final int DIGITS = 2;

    /** How many ticks' values make one half of the window. */
    private static final int TICKS_A_HALF = 10;

    private volatile Recorder recorder;
    private Histogram step;
    private Histogram older;
    private Histogram newer;
    private int ticks;
    private volatile Percentiles window = Percentiles.NONE;

    /** Records a duration; one longer than a minute counts as a minute. */
    public void record(long nanos) {
        Recorder known = recorder;
        (known != null ? known : first()).recordValue(Math.min(MOST_UNITS, Math.max(0, nanos / UNIT_NANOS)));
    }

    private synchronized Recorder first() {
        if (recorder == null) {
            older = histogram();
            newer = histogram();
            recorder = new Recorder(MOST_UNITS, DIGITS);
        }
        return recorder;
    }

    static Histogram histogram() {
        return new Histogram(MOST_UNITS, DIGITS);
    }

    /** Ends a step: takes over the values that were recorded since the last call. */
    public synchronized void tick() {
        if (recorder == null) {
            return;
        }
        step = recorder.getIntervalHistogram(step);
        newer.add(step);
        if (++ticks == TICKS_A_HALF) {
            ticks = 0;
            Histogram oldest = older;
            older = newer;
            newer = oldest;
            newer.reset();
        }
        if (older.getTotalCount() == 0) {
            window = Percentiles.of(newer);
        } else {
            Histogram both = older.copy();
            both.add(newer);
            window = Percentiles.of(both);
        }
    }

    /** Adds the values recorded between the last two ticks to those of other steps. */
    public synchronized void addLastStepTo(LatencySum sum) {
        if (step != null) {
            sum.add(step);
        }
    }

    /** Returns the percentiles of the values recorded within the last 10 to 20 ticks. */
    public Percentiles window() {
        return window;
    }
}
