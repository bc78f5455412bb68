package gateway.proxy.mount;

import java.util.Locale;

/**
 * The host and port of a URL or a Host header (RFC 3986, 3.2), for comparing.
 *
 * @param host in lower case; IPv6 in brackets
 * @param port {@link #NONE} if the text has none
 */
record Authority(String host, int port) {
    static final int NONE = -1;

    private static final int LONGEST_PORT = 5;

    /** Returns the authority that the text is; null if it is none, or has a user name. */
    static Authority of(String text) {
        int bracket = text.startsWith("[") ? text.indexOf(']') : 0;
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? text : text.substring(0, colon);
        if (bracket < 0 || host.isEmpty() || !isHost(host, bracket > 0)) {
            return null;
        }
        int port = colon < 0 ? NONE : port(text.substring(colon + 1));
        return port < NONE ? null : new Authority(host.toLowerCase(Locale.ROOT), port);
    }

    private static boolean isHost(String host, boolean isIpv6) {
        return isIpv6
                ? host.indexOf(']') == host.length() - 1
                : host.chars().allMatch(c -> c > ' ' && c < 127 && "@[]\\\"<>^`{|}/?#".indexOf(c) < 0);
    }

    /** Returns {@link #NONE} if it is empty, less if it isn't one. */
    private static int port(String text) {
        boolean isNumber = text.length() <= LONGEST_PORT && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return !isNumber ? NONE - 1 : text.isEmpty() ? NONE : Integer.parseInt(text);
    }

    /** Returns the port of URLs with this scheme that name none. */
    static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    /** Returns whether both are the same in a URL with this scheme. */
    boolean isSame(Authority other, String scheme) {
        return host.equals(other.host) && in(scheme) == other.in(scheme);
    }

    private int in(String scheme) {
        return port == NONE ? defaultPort(scheme) : port;
    }

    /** Returns whether a service that listens on this port may write this port, or none, in a URL with this scheme. */
    boolean hasPort(int listening, String serviceScheme, String scheme) {
        return port == NONE
                ? listening == defaultPort(serviceScheme) || listening == defaultPort(scheme)
                : port == listening;
    }
}
