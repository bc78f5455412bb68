package gateway.http;

/**
 * The header {@code Proxy-Status} (RFC 9209), which keeps clients from taking the gateway's own errors for a backend's.
 *
 * @param error why the gateway made the answer; null if it is a backend's answer
 * @param nextHop the backend that was asked last; null if none was
 * @param details what happened, for people; null if there is nothing to add
 */
public record ProxyStatus(ProxyError error, String nextHop, String details) {
    /** The header's name. */
    public static final String HEADER = "Proxy-Status";

    private static final String GATEWAY = "api-gateway";
    private static final int LONGEST_DETAILS = 256;

    /** Returns the header's value: one member of a structured list (RFC 9651). */
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

    /** Appends the text as a structured string, which allows only visible ASCII and spaces. */
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
