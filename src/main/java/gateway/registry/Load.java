package gateway.registry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The requests of one backend: how many there were, failed, and are under way. Takes no lock. */
public final class Load {
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

    /**
     * Counts a request that is about to be sent, and returns true; returns false and counts nothing if the backend is
     * full. To be followed by {@link #finished}.
     */
    public boolean tryStart() {
        if (inFlight.incrementAndGet() - switched.get() > mostInFlight) {
            inFlight.decrementAndGet();
            return false;
        }
        requests.increment();
        totals.requests().increment();
        return true;
    }

    /** Ends a request that was {@link #tryStart started}, whatever came of it. */
    public void finished() {
        inFlight.decrementAndGet();
    }

    /**
     * Turns a request into an open WebSocket, which no longer counts towards the most requests at once. To be followed
     * by {@link #switchedFinished}.
     */
    public void switched() {
        switched.incrementAndGet();
    }

    /** Ends a WebSocket that was {@link #switched}. */
    public void switchedFinished() {
        finished();
        switched.decrementAndGet();
    }

    /** Returns whether the backend has as many requests under way as it may have; open WebSockets don't count. */
    public boolean isFull() {
        return requestsUnderWay() >= mostInFlight;
    }

    /** Returns how many requests are under way; open WebSockets don't count. */
    public int requestsUnderWay() {
        return inFlight.get() - switched.get();
    }

    /** Counts a request that got no complete answer. */
    public void countFailure() {
        failures.increment();
        totals.failures().increment();
    }

    /** Returns how many requests have been sent to the backend, retries included. */
    public long requests() {
        return requests.sum();
    }

    /** Returns how many requests got no complete answer. */
    public long failures() {
        return failures.sum();
    }

    /** Returns how many requests have ended with a whole answer, or by their client's leaving. */
    public long answers() {
        return requests() - failures() - inFlight();
    }

    /** Returns how many requests are under way, open WebSockets included. */
    public int inFlight() {
        return inFlight.get();
    }
}
