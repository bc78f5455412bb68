package gateway.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The traces of the last {@value #KEPT} requests to the services: a ring, in which the next one takes the oldest one's
 * place. Adding costs two atomic steps; looking goes through all of them.
 */
public final class Traces implements Consumer<Trace> {
    /** How many are kept. */
    public static final int KEPT = 1000;

    /**
     * Some traces.
     *
     * @param traces oldest first
     * @param seen what to ask with for those that come after them
     */
    public record Batch(List<Trace> traces, long seen) {}

    private final AtomicReferenceArray<Trace> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong added = new AtomicLong();

    /** Keeps it, if it was for a service. */
    @Override
    public void accept(Trace trace) {
        if (trace.isForService()) {
            trace.number(added.getAndIncrement());
            keep(trace);
        }
    }

    /** Puts it in its place, unless that is a later one's meanwhile: its thread may have been held up. */
    void keep(Trace trace) {
        ring.accumulateAndGet((int) (trace.number() % KEPT), trace, Traces::later);
    }

    private static Trace later(Trace before, Trace trace) {
        return before != null && before.number() > trace.number() ? before : trace;
    }

    /** How many there have been, those that were dropped included. */
    public long count() {
        return added.get();
    }

    /**
     * The latest ones, oldest first.
     *
     * @param seen how many the asker has seen already: 0, or {@link Batch#seen} of before
     * @param most at most so many of the others
     */
    public Batch since(long seen, int most) {
        long end = added.get();
        List<Trace> found = new ArrayList<>();
        for (long number = Math.max(seen, end - Math.min(most, KEPT)); number < end; number++) {
            Trace trace = ring.get((int) (number % KEPT));
            if (trace == null || trace.number() < number) { // its number is taken just before it is there
                return new Batch(found, number);
            }
            if (trace.number() == number) { // else a later one has taken its place
                found.add(trace);
            }
        }
        return new Batch(found, end);
    }

    /** The latest one with this request id. */
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
