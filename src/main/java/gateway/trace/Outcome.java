package gateway.trace;

import java.util.Locale;

/** How a request to the services ended. */
public enum Outcome {
    /** A backend's answer was passed on whole, whatever its status. */
    SERVED,
    /** It was over its client's limit. */
    LIMITED,
    /** No backend gave a whole answer. */
    FAILED,
    /** The gateway doesn't carry such a request. */
    REJECTED,
    /** The client left first. */
    ABANDONED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in JSON, metrics and the log. */
    public String word() {
        return word;
    }
}
