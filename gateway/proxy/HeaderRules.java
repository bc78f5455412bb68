package gateway.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which headers pass, by name, in both directions; and how bytes beyond ASCII survive.
 *
 * <p>Hop-by-hop headers (RFC 9110, 7.6.1) and those that {@code Connection} names belong to one connection and stop
 * here. Of what a client says about itself and its way here, nothing passes: X-Forwarded-*, Forwarded and X-Real-IP are
 * dropped, and the first written afresh.
 */
final class HeaderRules {
    /** Belong to one connection, either way. */
    private static final Set<String> HOP_BY_HOP = ignoringCase(List.of(
            "Connection",
            "Keep-Alive",
            "Proxy-Connection",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "Proxy-Authentication-Info",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade"));

    /** Of a request, said anew for the backend or meant for the gateway alone. */
    private static final Set<String> SAID_ANEW =
            ignoringCase(List.of("Host", "Content-Length", "Expect", "Forwarded", "X-Real-IP", RequestIds.HEADER));

    private static final String FORWARDED_PREFIX = "X-Forwarded-";

    private HeaderRules() {}

    /**
     * Whether a request's header goes on to the backend.
     *
     * @param named what {@code Connection} names, from {@link #named}
     */
    static boolean passesToBackend(String name, Set<String> named) {
        return !HOP_BY_HOP.contains(name)
                && !SAID_ANEW.contains(name)
                && !name.regionMatches(true, 0, FORWARDED_PREFIX, 0, FORWARDED_PREFIX.length())
                && !named.contains(name);
    }

    /** Whether an answer's header goes on to the client. */
    static boolean passesToClient(String name, Set<String> named) {
        return !HOP_BY_HOP.contains(name) && !named.contains(name);
    }

    /** The header names that these values of {@code Connection} list. */
    static Set<String> named(Iterable<String> connectionValues) {
        Set<String> names = null;
        for (String value : connectionValues) {
            for (String token : value.split(",")) {
                String name = token.strip();
                if (name.isEmpty() || isUsual(name)) {
                    continue; // nearly always: nothing to remember
                }
                names = names == null ? new TreeSet<>(String.CASE_INSENSITIVE_ORDER) : names;
                names.add(name);
            }
        }
        return names == null ? Set.of() : names;
    }

    private static boolean isUsual(String token) {
        return token.equalsIgnoreCase("keep-alive") || token.equalsIgnoreCase("close");
    }

    /** From Jetty, which reads a byte as a char, to OkHttp, which writes UTF-8: valid UTF-8 keeps its bytes. */
    static String bytesAsUtf8(String value) {
        return isAscii(value) ? value : new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** From OkHttp, which reads UTF-8, to Jetty, which writes a char as a byte. */
    static String utf8AsBytes(String value) {
        return isAscii(value) ? value : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static Set<String> ignoringCase(List<String> names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(names);
        return set;
    }
}
