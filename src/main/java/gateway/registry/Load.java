package gateway.registry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The requests of one backend: how many there were, failed, and are under way. Takes no lock. */
final class Load {
    private final Totals totals;
    private final int mostInFlight;
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger switched = new AtomicInteger();

    /**
     * @param totals counts the requests to all backends
     * @param mostInFlight how many requests may be under way, open WebSockets aside
     */
    Load(Totals totals, int mostInFlight) {
        this.totals = totals;
        this.mostInFlight = mostInFlight;
    }

    boolean tryStart() {
        if (inFlight.incrementAndGet() - switched.get() > mostInFlight) {
            inFlight.decrementAndGet();
            return false;
        }
        requests.increment();
        totals.requests().increment();
        return true;
    }

    void finished() {
        inFlight.decrementAndGet();
    }

    void switched() {
        switched.incrementAndGet();
    }

    void switchedFinished() {
        finished();
        switched.decrementAndGet();
    }

    boolean isFull() {
        return requestsUnderWay() >= mostInFlight;
    }

    int requestsUnderWay() {
        return inFlight.get() - switched.get();
    }

    void countFailure() {
        failures.increment();
        totals.failures().increment();
    }

    long requests() {
        return requests.sum();
    }

    long failures() {
        return failures.sum();
    }

    int inFlight() {
        return inFlight.get();
    }
}
