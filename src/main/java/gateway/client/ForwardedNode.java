package gateway.client;

import gateway.net.Networks;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Reads addresses as proxies write them, with or without a port: {@code 192.0.2.7}, {@code 192.0.2.7:4711}, {@code
 * 2001:db8::1}, {@code [2001:db8::1]}, {@code [2001:db8::1]:4711}. Drops a zone, which is meaningless on another
 * machine.
 */
final class ForwardedNode {
    private static final int LONGEST_PORT = 5;

    private ForwardedNode() {}

    /**
     * Reads an address; returns empty for {@code unknown}, for the made-up names that RFC 7239 allows, and for anything
     * invalid.
     */
    static Optional<InetAddress> parse(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end > 0 && text.lastIndexOf(':', end) > 0 && isPort(text, end + 1)
                    ? Networks.address(text.substring(1, end))
                    : Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && colon == text.lastIndexOf(':')) { // IPv6 has two at least
            return isPort(text, colon) ? Networks.address(text.substring(0, colon)) : Optional.empty();
        }
        return Networks.address(text);
    }

    /**
     * Returns whether the rest of the text is empty, or a colon and a port, which may be a number or a made-up name
     * (RFC 7239, 6).
     */
    private static boolean isPort(String text, int start) {
        if (start == text.length()) {
            return true;
        }
        if (text.charAt(start) != ':' || start + 1 == text.length()) {
            return false;
        }
        boolean named = text.charAt(start + 1) == '_';
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean nameSign = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || ".-_".indexOf(c) >= 0;
            if (!digit && !(named && nameSign)) {
                return false;
            }
        }
        return named || text.length() - start - 1 <= LONGEST_PORT;
    }
}
