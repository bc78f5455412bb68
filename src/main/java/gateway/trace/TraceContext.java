package gateway.trace;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * The trace that a request is part of, in the form of W3C Trace Context: {@code 00-<trace id>-<parent id>-<flags>}. The
 * client's header is passed on unchanged, since the gateway reports no spans of its own. In place of a missing or
 * malformed one the gateway makes a new one with the flag "sampled", because services that follow their parent's flag
 * would otherwise record nothing.
 *
 * @param parent the header's value
 * @param isNew whether the gateway made it; the client's {@code tracestate} then belongs to no trace
 */
public record TraceContext(String parent, boolean isNew) {
    /** The header's name. */
    public static final String HEADER = "traceparent";

    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    private static final int LONGEST = 256;
    private static final String HEX = "0123456789abcdef";

    /**
     * Continues the client's trace, or begins one.
     *
     * @param sent the header that the client sent; null if it sent none, or more than one
     * @param random returns 64 random bits each time
     */
    static TraceContext of(String sent, LongSupplier random) {
        return sent != null && isValid(sent) ? new TraceContext(sent, false) : new TraceContext(fresh(random), true);
    }

    /** Returns the trace id, 32 hexadecimal digits. */
    public String traceId() {
        return parent.substring(TRACE_ID, TRACE_ID + 32);
    }

    private static String fresh(LongSupplier random) {
        byte[] text = new byte[LENGTH];
        text[0] = text[1] = '0';
        text[2] = text[TRACE_ID + 32] = text[PARENT_ID + 16] = '-';
        hex(random.getAsLong(), text, TRACE_ID);
        hex(random.getAsLong() | 1, text, TRACE_ID + 16); // an id of all zeros is invalid
        hex(random.getAsLong() | 1, text, PARENT_ID);
        text[FLAGS] = '0';
        text[FLAGS + 1] = '1';
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void hex(long bits, byte[] text, int from) {
        for (int i = 15; i >= 0; i--) {
            text[from + i] = (byte) HEX.charAt((int) (bits & 15));
            bits >>>= 4;
        }
    }

    /**
     * Returns whether the header is valid in version 00 or, for a later version, in the part that it shares with
     * version 00.
     */
    private static boolean isValid(String text) {
        if (text.length() < LENGTH || text.startsWith("ff")) {
            return false;
        }
        boolean later = !text.startsWith("00");
        if (text.length() > LENGTH && !(later && text.charAt(LENGTH) == '-')) {
            return false;
        }
        return isHex(text, 0, 2)
                && text.charAt(2) == '-'
                && isId(text, TRACE_ID, PARENT_ID - 1)
                && text.charAt(PARENT_ID - 1) == '-'
                && isId(text, PARENT_ID, FLAGS - 1)
                && text.charAt(FLAGS - 1) == '-'
                && isHex(text, FLAGS, LENGTH)
                && (text.length() == LENGTH || isVisible(text));
    }

    private static boolean isId(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) != '0') {
                return isHex(text, start, end);
            }
        }
        return false;
    }

    private static boolean isHex(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVisible(String text) {
        return text.length() <= LONGEST && text.chars().allMatch(c -> c > ' ' && c <= '~');
    }
}
