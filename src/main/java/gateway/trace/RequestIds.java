package gateway.trace;

import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * Chooses the id by which one request can be found in the logs of everything that handled it: the client's, if it sent
 * an acceptable one; else the trace id, if the trace begins here, so that there is one id to look for; else a new one,
 * since a trace may have many requests.
 */
public final class RequestIds {
    /** The header. */
    public static final String HEADER = "X-Request-ID";

    private static final int LONGEST = 128;
    private static final HexFormat HEX = HexFormat.of();

    private final LongSupplier random;

    /** @param random 64 random bits each time */
    RequestIds(LongSupplier random) {
        this.random = random;
    }

    /** @param sent the id that the client sent; null if none */
    String of(String sent, TraceContext trace) {
        if (sent != null && isAcceptable(sent)) {
            return sent;
        }
        return trace.isNew()
                ? trace.traceId()
                : HEX.toHexDigits(random.getAsLong()) + HEX.toHexDigits(random.getAsLong());
    }

    /** Tells whether the id is visible ASCII and short enough for logs. */
    private static boolean isAcceptable(String id) {
        if (id.isEmpty() || id.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
