package gateway.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The traces of the last {@value #KEPT} requests to the services, in a ring in which each new trace replaces the
 * oldest. Adding one costs two atomic steps; reading walks the ring.
 */
public final class Traces implements Consumer<Trace> {
    /** How many traces are kept. */
    public static final int KEPT = 1000;

    /**
     * A part of the traces.
     *
     * @param traces oldest first
     * @param seen the argument of {@link #since} that gives the traces after these
     */
    public record Batch(List<Trace> traces, long seen) {}

    /**
     * A page of the traces that somebody looks for.
     *
     * @param traces newest first
     * @param next the argument of {@link #before} that gives the next page; empty if this one has the oldest
     */
    public record Page(List<Trace> traces, OptionalLong next) {}

    private final AtomicReferenceArray<Trace> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong added = new AtomicLong();

    /** Keeps a trace, if its request was for a service. */
    @Override
    public void accept(Trace trace) {
        if (trace.isForService()) {
            trace.number(added.getAndIncrement());
            keep(trace);
        }
    }

    /** Puts a trace into its place, unless a later one is there already because this thread was delayed. */
    void keep(Trace trace) {
        ring.accumulateAndGet((int) (trace.number() % KEPT), trace, Traces::later);
    }

    private static Trace later(Trace before, Trace trace) {
        return before != null && before.number() > trace.number() ? before : trace;
    }

    /** Returns how many traces there have been, including those that are no longer kept. */
    public long count() {
        return added.get();
    }

    /**
     * Returns the latest traces, oldest first.
     *
     * @param seen how many the caller has seen already: 0, or {@link Batch#seen} of the last call
     * @param most the most traces to return
     */
    public Batch since(long seen, int most) {
        long end = added.get();
        List<Trace> found = new ArrayList<>();
        for (long number = Math.max(seen, end - Math.min(most, KEPT)); number < end; number++) {
            Trace trace = ring.get((int) (number % KEPT));
            if (trace == null
                    || trace.number() < number) { // a trace takes its number just before it is put into the ring
                return new Batch(found, number);
            }
            if (trace.number() == number) { // else a later one has replaced it
                found.add(trace);
            }
        }
        return new Batch(found, end);
    }

    /**
     * Returns the latest traces that fit, newest first.
     *
     * @param end a number that is in {@link Page#next}, to go on; {@link Long#MAX_VALUE} to begin with the latest
     * @param most the most traces to return, at least 1
     */
    public Page before(long end, int most, Predicate<Trace> wanted) {
        long all = added.get();
        List<Trace> found = new ArrayList<>();
        for (long number = Math.min(end, all) - 1; number >= Math.max(0, all - KEPT); number--) {
            Trace trace = ring.get((int) (number % KEPT));
            boolean isThere = trace != null && trace.number() == number; // else on its way, or replaced by now
            if (isThere && wanted.test(trace)) {
                if (found.size() == most) {
                    return new Page(found, OptionalLong.of(number + 1));
                }
                found.add(trace);
            }
        }
        return new Page(found, OptionalLong.empty());
    }

    /** Returns the latest trace with this request id. */
    public Optional<Trace> find(String requestId) {
        List<Trace> all = since(0, KEPT).traces();
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).requestId().equals(requestId)) {
                return Optional.of(all.get(i));
            }
        }
        return Optional.empty();
    }
}
