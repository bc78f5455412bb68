package gateway.proxy;

import gateway.Durations;
import gateway.Problem;
import gateway.health.FailureWords;
import gateway.health.Health;
import gateway.registry.Backend;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;

/**
 * How an attempt ended without a whole answer.
 *
 * @param kind what happened
 * @param health what it says of the backend
 * @param backend to whom
 * @param words what happened, in words
 */
record Failed(Kind kind, Health.Failure health, Backend backend, String words) {
    /** What happened to the attempt. */
    enum Kind {
        /** No connection: the request was surely not sent. */
        NOT_SENT,
        /** A kept-alive connection was closed before any answer: the backend most likely never read the request. */
        STALE_CONNECTION,
        /** The backend closed the connection before its answer was whole. */
        NO_ANSWER,
        /** What came isn't HTTP. */
        INVALID_ANSWER,
        /** The backend was silent for too long; it may still be at work. */
        TIMED_OUT
    }

    /**
     * Reads it from the exception and from how far the attempt had come.
     *
     * @param reused whether its connection had served an exchange before
     * @param timeout the longest silence of a backend
     */
    static Failed of(IOException e, Attempt attempt, boolean reused, Duration timeout) {
        Backend backend = attempt.backend();
        if (attempt.connection() == null) {
            Health.Failure health = FailureWords.refused(e) ? Health.Failure.REFUSED : Health.Failure.UNREACHABLE;
            String words = attempt.isTimedOut() ? "did not finish connecting" : FailureWords.of(e);
            return new Failed(Kind.NOT_SENT, health, backend, words);
        }
        if (attempt.isTimedOut()) {
            return noAnswer(Kind.TIMED_OUT, backend, "was silent for " + Durations.text(timeout));
        }
        if (reused && !attempt.isAnswered()) {
            return noAnswer(Kind.STALE_CONNECTION, backend, FailureWords.of(e));
        }
        boolean invalid = e instanceof ProtocolException && !FailureWords.cutShort(e);
        return noAnswer(invalid ? Kind.INVALID_ANSWER : Kind.NO_ANSWER, backend, FailureWords.of(e));
    }

    private static Failed noAnswer(Kind kind, Backend backend, String words) {
        return new Failed(kind, Health.Failure.NO_ANSWER, backend, words);
    }

    /** What the client is told when no other backend is tried. */
    Problem problem() {
        if (kind == Kind.TIMED_OUT) {
            return new Problem(
                    504, "gateway-timeout", "Gateway timeout", "The service " + backend.name() + " " + words);
        }
        return new Problem(
                502, "bad-gateway", "Bad gateway", "The service " + backend.name() + " gave no answer: " + words);
    }
}
