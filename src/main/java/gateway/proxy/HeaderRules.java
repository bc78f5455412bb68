package gateway.proxy;

import gateway.trace.RequestIds;
import gateway.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Which headers pass, by name, in both directions; and how bytes beyond ASCII survive.
 *
 * <p>Attempt-by-hop headers (RFC 9110, 7.6.1) and those that {@code Connection} names belong to one connection and stop
 * here. Of what a client says about itself and its way here, nothing passes: X-Forwarded-*, Forwarded and X-Real-IP are
 * dropped, and the first written afresh.
 */
final class HeaderRules {
    /** Belong to one connection, either way. */
    private static final Set<HttpHeader> HOP_BY_HOP = EnumSet.of(
            HttpHeader.CONNECTION,
            HttpHeader.KEEP_ALIVE,
            HttpHeader.PROXY_CONNECTION,
            HttpHeader.PROXY_AUTHENTICATE,
            HttpHeader.PROXY_AUTHORIZATION,
            HttpHeader.TE,
            HttpHeader.TRAILER,
            HttpHeader.TRANSFER_ENCODING,
            HttpHeader.UPGRADE);

    private static final String HOP_BY_HOP_TOO = "Proxy-Authentication-Info";

    /** Of a request, beside those: said anew for the backend or meant for the gateway alone. */
    private static final Set<HttpHeader> SAID_ANEW =
            EnumSet.of(HttpHeader.HOST, HttpHeader.CONTENT_LENGTH, HttpHeader.EXPECT, HttpHeader.FORWARDED);

    private static final String SAID_ANEW_TOO = "X-Real-IP";
    private static final String FORWARDED_PREFIX = "X-Forwarded-";

    private HeaderRules() {}

    /**
     * Whether a request's header goes on to the backend.
     *
     * @param known Jetty's constant for the name, which spares comparing texts; null if it has none
     * @param named what {@code Connection} names, from {@link #named}
     */
    static boolean passesToBackend(HttpHeader known, String name, Set<String> named) {
        boolean saidAnew = known != null
                ? SAID_ANEW.contains(known)
                : name.equalsIgnoreCase(RequestIds.HEADER)
                        || name.equalsIgnoreCase(TraceContext.HEADER)
                        || name.equalsIgnoreCase(SAID_ANEW_TOO);
        return !saidAnew
                && passesToClient(known, name, named)
                && !name.regionMatches(true, 0, FORWARDED_PREFIX, 0, FORWARDED_PREFIX.length());
    }

    /** Whether an answer's header goes on to the client. */
    static boolean passesToClient(HttpHeader known, String name, Set<String> named) {
        boolean hopByHop = known != null ? HOP_BY_HOP.contains(known) : name.equalsIgnoreCase(HOP_BY_HOP_TOO);
        return !hopByHop && !named.contains(name);
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
}
