package gateway.registry;

/**
 * Whether an operator drains a backend, and what becomes of the clients that a cookie binds to it. All others are sent
 * elsewhere.
 */
public enum Draining {
    /** It isn't drained. */
    NO,
    /** The clients that are bound to it stay until the drain's end. */
    KEEPING_SESSIONS,
    /** The clients that are bound to it are sent elsewhere, too, and bound to where they come. */
    MOVING_SESSIONS;

    /** Returns how a backend drains unless the operator says more, or that it doesn't. */
    public static Draining of(boolean draining) {
        return draining ? KEEPING_SESSIONS : NO;
    }
}
