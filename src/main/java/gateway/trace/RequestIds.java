package gateway.trace;

import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * The id by which one request is found in the logs of all who handled it: the client's if it sent a sane one; else that of
 * the trace if it begins here, so that there is one id to look for; else, since a trace may have many requests, a new one.
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

    /** @param sent what the client sent; null if nothing */
    String of(String sent, TraceContext trace) {
        if (sent != null && isSane(sent)) {
            return sent;
        }
        return trace.isNew()
                ? trace.traceId()
                : HEX.toHexDigits(random.getAsLong()) + HEX.toHexDigits(random.getAsLong());
    }

    /** Visible ASCII of a length that logs bear. */
    private static boolean isSane(String id) {
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
