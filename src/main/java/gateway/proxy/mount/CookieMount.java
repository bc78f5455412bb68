package gateway.proxy.mount;

import java.util.Locale;

/**
 * Turns the attributes Path and Domain of a cookie from the service's to the route's; all else stays byte for byte, in
 * its order.
 */
final class CookieMount {
    /** Cookies whose names begin so are accepted with {@code Path=/} only. */
    private static final String FOR_THE_WHOLE_HOST = "__Host-";

    private CookieMount() {}

    /**
     * Returns a Set-Cookie for the client; the same object if nothing is to be turned.
     *
     * @param host the service's; IPv6 without brackets
     */
    static String turn(String value, MountPaths paths, String host, ClientSite client) {
        StringBuilder turned = null;
        int copied = 0;
        for (int start = value.indexOf(';'); start >= 0; ) {
            int next = value.indexOf(';', start + 1);
            int end = next < 0 ? value.length() : next;
            int equals = value.indexOf('=', start);
            if (equals >= 0 && equals < end) {
                String name = value.substring(start + 1, equals).strip();
                String text = value.substring(equals + 1, end).strip();
                String replacement = replacement(name, text, value, paths, host, client);
                if (replacement != text) {
                    turned = turned == null ? new StringBuilder() : turned;
                    turned.append(value, copied, replacement == null ? start : equals + 1)
                            .append(replacement == null ? "" : replacement);
                    copied = end;
                }
            }
            start = next;
        }
        return turned == null
                ? value
                : turned.append(value, copied, value.length()).toString();
    }

    /** Returns the attribute's value for the client, the same object if it stays; null if the attribute is to go. */
    private static String replacement(
            String name, String text, String cookie, MountPaths paths, String host, ClientSite client) {
        if (name.equalsIgnoreCase("Path") && text.startsWith("/") && !isForTheWholeHost(cookie)) {
            String path = paths.forCookie(text);
            return path.equals(text) ? text : path;
        }
        if (name.equalsIgnoreCase("Domain") && isOf(host, text) && !client.isOf(text)) {
            return null; // browsers would throw the cookie away; without a domain it is the gateway's host's
        }
        return text;
    }

    /** Browsers don't tell upper case from lower here. */
    private static boolean isForTheWholeHost(String cookie) {
        String name = cookie.stripLeading();
        return name.regionMatches(true, 0, FOR_THE_WHOLE_HOST, 0, FOR_THE_WHOLE_HOST.length());
    }

    /** Returns whether a cookie with this domain goes to the host (RFC 6265, 5.1.3), which is in lower case. */
    static boolean isOf(String host, String domain) {
        String wanted = (domain.startsWith(".") ? domain.substring(1) : domain).toLowerCase(Locale.ROOT);
        return !wanted.isEmpty() && (host.equals(wanted) || host.endsWith('.' + wanted) && !isAddress(host));
    }

    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }
}
