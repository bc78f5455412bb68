package gateway.net;

/** Thrown if a port can't be listened on; the message names the setting and its value, and says what to do. */
public final class PortUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    PortUnavailable(String message) {
        super(message);
    }
}
