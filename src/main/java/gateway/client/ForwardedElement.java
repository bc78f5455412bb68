package gateway.client;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * What one proxy added about the request that it received: an element of {@code Forwarded} (RFC 7239), or an address of
 * {@code X-Forwarded-For}, which has no more than that.
 *
 * @param node the address from which the proxy received the request
 * @param proto the protocol of the request; null if not given
 * @param host the host of the request; null if not given
 */
record ForwardedElement(InetAddress node, String proto, String host) {
    /** The longest element that is read; no proxy writes longer ones. */
    private static final int LONGEST = 1024;

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /**
     * Returns the index of the comma before the element that ends at {@code end}; -1 if it is the line's first.
     * Searches from the right, so that a quote that a client left open hides nothing that a proxy added behind it.
     */
    static int comma(String line, int end) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = line.charAt(i);
            if (c == '"' && !isEscaped(line, i)) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isEscaped(String line, int at) {
        int before = at;
        while (before > 0 && line.charAt(before - 1) == '\\') {
            before--;
        }
        return (at - before) % 2 == 1;
    }

    /** Reads an address of {@code X-Forwarded-For}; returns empty if it isn't valid. */
    static Optional<ForwardedElement> address(String text) {
        return text.length() > LONGEST
                ? Optional.empty()
                : ForwardedNode.parse(text).map(node -> new ForwardedElement(node, null, null));
    }

    /**
     * Reads {@code for=192.0.2.7;proto=https;host="example.com"}; returns empty if it isn't valid or has no address.
     */
    static Optional<ForwardedElement> pairs(String text) {
        return text.length() > LONGEST ? Optional.empty() : new Pairs(text).read();
    }

    /** Reads pairs from left to right. */
    private static final class Pairs {
        private final String text;
        private int at;
        private InetAddress node;
        private String proto;
        private String host;

        private Pairs(String text) {
            this.text = text;
        }

        private Optional<ForwardedElement> read() {
            for (skip(); at < text.length(); skip()) {
                if (text.charAt(at) == ';') { // empty pairs are allowed
                    at++;
                } else if (!pair()) {
                    return Optional.empty();
                }
            }
            return Optional.ofNullable(node).map(any -> new ForwardedElement(node, proto, host));
        }

        /** Reads one pair; returns false if it isn't valid or repeats {@code for}. */
        private boolean pair() {
            String name = token();
            if (name.isEmpty() || at == text.length() || text.charAt(at++) != '=') {
                return false;
            }
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            String value = quoted ? quoted() : unquoted();
            skip();
            if (value == null || at < text.length() && text.charAt(at) != ';') {
                return false;
            }
            switch (name.toLowerCase(Locale.ROOT)) {
                case "for" -> {
                    boolean first = node == null;
                    node = ForwardedNode.parse(value).orElse(null);
                    return first && node != null;
                }
                case "proto" -> proto = value;
                case "host" -> host = value;
                default -> {} // by, and any other parameter
            }
            return true;
        }

        private void skip() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenSign(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private static boolean isTokenSign(char c) {
            return c < 128 && Character.isLetterOrDigit(c) || TOKEN_SIGNS.indexOf(c) >= 0;
        }

        /**
         * Reads a token, but accepts more characters, since some proxies write IPv6 without the quotes that it needs.
         */
        private String unquoted() {
            int start = at;
            while (at < text.length() && ";, \t\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        /** Reads a quoted string (RFC 9110, 5.6.4) and returns it without its quotes; null if it doesn't end. */
        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && ++at == text.length()) {
                    return null;
                }
                value.append(text.charAt(at));
            }
            return null;
        }
    }
}
