package gateway.registry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The requests of one backend: how many there were, what came of them, and how many are under way. */
public final class Load {
    private final Totals totals;
    private final int mostInFlight;
    private final LongAdder requests = new LongAdder();
    private final AnswerCounts byClass = new AnswerCounts();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger switched = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private volatile boolean farMoreErrors;

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
        int now = inFlight.incrementAndGet();
        if (now - switched.get() > mostInFlight) {
            inFlight.decrementAndGet();
            return false;
        }
        if (now > peak.get()) { // seldom: then a read is all
            peak.accumulateAndGet(now, Math::max);
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

    /**
     * Counts a request that has ended by no failure of the backend's.
     *
     * @param status that of the answer, 100 to 999, even if the client didn't want all of it; 0 if none had begun
     */
    public void countAnswer(int status) {
        count(status == 0 ? AnswerClass.ABANDONED : AnswerClass.of(status));
    }

    /** Counts a request that got no complete answer. */
    public void countFailure() {
        count(AnswerClass.NONE);
    }

    private void count(AnswerClass answer) {
        byClass.count(answer);
        totals.answers().count(answer);
    }

    /**
     * Counts the bodies of a request and its answer, when it has ended.
     *
     * @param in bytes that the client sent
     * @param out bytes that it was sent
     */
    public void countBytes(long in, long out) {
        bytesIn.add(in);
        bytesOut.add(out);
    }

    /** Returns how many bytes the bodies of requests had. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Returns how many bytes the bodies of answers had. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    /** Returns the most requests that were under way at a time so far, open WebSockets included. */
    public int peakInFlight() {
        return peak.get();
    }

    /** Returns how many requests have been sent to the backend, retries included. */
    public long requests() {
        return requests.sum();
    }

    /** Returns how many requests got no complete answer. */
    public long failures() {
        return byClass.of(AnswerClass.NONE);
    }

    /** Returns the requests that have ended, each attempt once, by the class of their answer. */
    public AnswerCounts byClass() {
        return byClass;
    }

    /** Returns whether it lately answers far more errors than the others, as {@link ErrorComparison} has found. */
    public boolean farMoreErrors() {
        return farMoreErrors;
    }

    void farMoreErrors(boolean found) {
        farMoreErrors = found;
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
