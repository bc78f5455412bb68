package gateway.trace;

import java.util.Locale;

/** How a request to the services ended. */
public enum Outcome {
    /** A backend's answer was passed on whole, whatever its status. */
    SERVED,
    /** Refused: its client is over the rate limit. */
    LIMITED,
    /** No backend gave a complete answer. */
    FAILED,
    /** Refused for another reason than the rate limit: the gateway doesn't forward such a request. */
    REJECTED,
    /** The client left before it had the whole answer. */
    ABANDONED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Returns the outcome's name in JSON, metrics and the log. */
    public String word() {
        return word;
    }
}
