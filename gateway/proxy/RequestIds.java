package gateway.proxy;

import java.util.HexFormat;
import java.util.function.LongSupplier;

/** The id by which one request is found in the logs of all who handled it: the client's if it sent a sane one, else new. */
final class RequestIds {
    static final String HEADER = "X-Request-ID";

    private static final int LONGEST = 128;
    private static final HexFormat HEX = HexFormat.of();

    private final LongSupplier random;

    /** @param random 64 random bits each time */
    RequestIds(LongSupplier random) {
        this.random = random;
    }

    /** @param sent what the client sent; null if nothing */
    String of(String sent) {
        return sent != null && isSane(sent)
                ? sent
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
