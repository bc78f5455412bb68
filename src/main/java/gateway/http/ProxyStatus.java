package gateway.http;

/**
 * What the gateway says of an answer in {@code Proxy-Status} (RFC 9209), so that an error of its own is never taken for
 * a backend's.
 *
 * @param error why there is no backend's answer; null beside an answer that a backend gave after all, since these types
 *     say that the gateway made the answer
 * @param nextHop the backend that was asked last; null if none was
 * @param details what happened, in words; null if there is nothing to add
 */
public record ProxyStatus(ProxyError error, String nextHop, String details) {
    /** The header. */
    public static final String HEADER = "Proxy-Status";

    private static final String GATEWAY = "api-gateway";
    private static final int LONGEST_DETAILS = 256;

    /** The header's value: one member of a structured list (RFC 9651). */
    public String value() {
        StringBuilder value = new StringBuilder(GATEWAY);
        if (error != null) {
            value.append("; error=").append(error.token());
        }
        if (nextHop != null) {
            quote(value.append("; next-hop="), nextHop);
        }
        if (details != null) {
            quote(value.append("; details="), details);
        }
        return value.toString();
    }

    /** As a structured string, which has visible ASCII and spaces only. */
    private static void quote(StringBuilder value, String text) {
        value.append('"');
        for (int i = 0; i < Math.min(text.length(), LONGEST_DETAILS); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                value.append('\\');
            }
            value.append(c < ' ' || c > '~' ? '?' : c);
        }
        value.append('"');
    }
}
