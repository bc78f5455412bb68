package gateway.registry;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests to a backend, or to all, by the class of their answers, since the start and within the last
 * minute. Counting adds to one adder. {@link #tick} keeps what the adders showed at the end of each of the last {@value
 * #STEPS} steps; the last minute is what has come since the oldest of these: with steps of three seconds, 57 to 60
 * seconds.
 */
public final class AnswerCounts {
    private static final int STEPS = 20;

    private final LongAdder[] adders = new LongAdder[AnswerClass.values().length];
    private Answers[] ends; // guarded by this, like the next; null before the first answer
    private int oldest;

    AnswerCounts() {
        Arrays.setAll(adders, any -> new LongAdder());
    }

    void count(AnswerClass answer) {
        adders[answer.ordinal()].increment();
    }

    /** Returns how many were of this class since the start. */
    public long of(AnswerClass answer) {
        return adders[answer.ordinal()].sum();
    }

    /** Returns the counts since the start. */
    public Answers sinceStart() {
        long[] counts = new long[adders.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = adders[i].sum();
        }
        return new Answers(counts);
    }

    /** Returns the counts of the last minute. */
    public synchronized Answers lastMinute() {
        return sinceStart().since(ends == null ? Answers.none() : ends[oldest]);
    }

    /** Ends a step, and returns its counts. */
    public synchronized Answers tick() {
        Answers now = sinceStart();
        if (ends == null) {
            if (now.isEmpty()) { // most of many services may never get a request
                return now;
            }
            ends = new Answers[STEPS];
            Arrays.fill(ends, Answers.none());
        }
        Answers before = ends[(oldest + STEPS - 1) % STEPS];
        ends[oldest] = now;
        oldest = (oldest + 1) % STEPS;
        return now.since(before);
    }
}
