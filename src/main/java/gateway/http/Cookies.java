package gateway.http;

import java.util.ArrayList;
import java.util.List;

/**
 * Single cookies of a request's {@code Cookie} header (RFC 6265, 4.2). Everything else in it stays byte for byte: what
 * servers take for a cookie differs.
 */
public final class Cookies {
    private Cookies() {}

    /** Returns the values of the cookies with this name, in the order in which they came. */
    public static List<String> values(Iterable<String> lines, String name) {
        List<String> values = null;
        for (String line : lines) {
            if (!line.contains(name)) {
                continue;
            }
            for (String pair : line.split(";")) {
                if (isOf(name, pair)) {
                    values = values == null ? new ArrayList<>() : values;
                    values.add(pair.substring(pair.indexOf('=') + 1).strip());
                }
            }
        }
        return values == null ? List.of() : values;
    }

    /** Returns a header's value without the cookies with this name; empty if there is no other. */
    public static String without(String line, String name) {
        if (!line.contains(name)) {
            return line;
        }
        StringBuilder left = new StringBuilder();
        for (String pair : line.split(";", -1)) {
            if (!isOf(name, pair)) {
                left.append(left.isEmpty() ? "" : ";").append(left.isEmpty() ? pair.stripLeading() : pair);
            }
        }
        return left.toString().isBlank() ? "" : left.toString();
    }

    private static boolean isOf(String name, String pair) {
        int equals = pair.indexOf('=');
        return equals > 0 && pair.substring(0, equals).strip().equals(name);
    }
}
