package gateway.trace;

import gateway.registry.Latency;

/** The requests to services that have ended, counted by outcome, and how long the served ones took. */
public interface OutcomeCounts {
    /** Returns how many requests have ended with this outcome. */
    long count(Outcome outcome);

    /** Returns how many of a route's requests have ended with this outcome; 0 if there is no such route. */
    long count(String route, Outcome outcome);

    /** Returns how many of a route's requests have ended; 0 if there is no such route. */
    default long countAll(String route) {
        long sum = 0;
        for (Outcome outcome : Outcome.values()) {
            sum += count(route, outcome);
        }
        return sum;
    }

    /** Returns how many requests have ended. */
    default long count() {
        long sum = 0;
        for (Outcome outcome : Outcome.values()) {
            sum += count(outcome);
        }
        return sum;
    }

    /** Returns the latency of the served requests. */
    Latency latency();
}
