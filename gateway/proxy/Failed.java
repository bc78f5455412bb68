package gateway.proxy;

import gateway.Problem;
import gateway.registry.Backend;

/**
 * How an attempt ended without an answer, and before anything of one reached the client.
 *
 * @param kind what happened
 * @param backend to whom
 * @param words what happened, in words
 */
record Failed(Kind kind, Backend backend, String words) {
    /** What happened to the attempt. */
    enum Kind {
        /** No connection: the request was surely not sent. */
        NOT_SENT,
        /** A kept-alive connection was closed under the request: the backend most likely never read it. */
        STALE_CONNECTION,
        /** The backend closed a new connection without a (whole) answer. */
        NO_ANSWER,
        /** What came isn't HTTP. */
        INVALID_ANSWER,
        /** The backend was silent for too long; it may still be at work. */
        TIMED_OUT
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
