package gateway.trace;

import gateway.registry.Latency;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts the requests to the services by outcome, and records how long the served ones took. */
public final class OutcomeCounts implements Consumer<Trace> {
    private final LongAdder[] counts = new LongAdder[Outcome.values().length];
    private final Latency latency = new Latency();

    public OutcomeCounts() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Counts a request that has ended, if it was for a service. */
    @Override
    public void accept(Trace trace) {
        if (!trace.isForService()) {
            return;
        }
        counts[trace.outcome().ordinal()].increment();
        if (trace.outcome() == Outcome.SERVED) {
            latency.record(trace.durationNanos());
        }
    }

    /** Returns how many requests have ended with this outcome. */
    public long count(Outcome outcome) {
        return counts[outcome.ordinal()].sum();
    }

    /** Returns how many requests have ended. */
    public long count() {
        long sum = 0;
        for (LongAdder count : counts) {
            sum += count.sum();
        }
        return sum;
    }

    /** Returns the latency of the served requests. */
    public Latency latency() {
        return latency;
    }
}
