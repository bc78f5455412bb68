package gateway.proxy;

import gateway.trace.Trace;
import gateway.trace.TraceContext;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Which headers pass, in both directions.
 *
 * <p>Headers that belong to one connection (RFC 9110, 7.6.1), and those that {@code Connection} names, don't pass. The
 * client's own claims about where it comes from don't pass: X-Forwarded-*, Forwarded and X-Real-IP are dropped, and
 * X-Forwarded-* is set anew. A backend's {@code Alt-Svc} doesn't pass: it is true of the connection to the backend, and a
 * client would look for the backend's port at the gateway's host (RFC 7838, 2).
 */
final class HeaderRules {
    /** Headers that belong to one connection, in both directions. */
    private static final Set<HttpHeader> HOP_BY_HOP = Collections.unmodifiableSet(EnumSet.of(
            HttpHeader.CONNECTION,
            HttpHeader.KEEP_ALIVE,
            HttpHeader.PROXY_CONNECTION,
            HttpHeader.PROXY_AUTHENTICATE,
            HttpHeader.PROXY_AUTHORIZATION,
            HttpHeader.TE,
            HttpHeader.TRAILER,
            HttpHeader.TRANSFER_ENCODING,
            HttpHeader.UPGRADE));

    private static final String HOP_BY_HOP_TOO = "Proxy-Authentication-Info";

    /** Further request headers that don't pass: set anew for the backend, or meant for the gateway alone. */
    private static final Set<HttpHeader> SAID_ANEW = Collections.unmodifiableSet(
            EnumSet.of(HttpHeader.HOST, HttpHeader.CONTENT_LENGTH, HttpHeader.EXPECT, HttpHeader.FORWARDED));

    private static final String SAID_ANEW_TOO = "X-Real-IP";
    private static final String FORWARDED_PREFIX = "X-Forwarded-";

    private HeaderRules() {}

    /**
     * Returns whether a request's header is passed on to the backend.
     *
     * @param known Jetty's constant for the name, which spares comparing texts; null if it has none
     * @param named what {@code Connection} names, from {@link #named}
     */
    static boolean passesToBackend(HttpHeader known, String name, Set<String> named) {
        return (known != null ? !SAID_ANEW.contains(known) : !isSaidAnew(name) && !looksVouchedFor(name))
                && !isHopByHop(known, name, named)
                && !name.regionMatches(true, 0, FORWARDED_PREFIX, 0, FORWARDED_PREFIX.length());
    }

    private static boolean isSaidAnew(String name) {
        return name.equalsIgnoreCase(Trace.REQUEST_ID)
                || name.equalsIgnoreCase(TraceContext.HEADER)
                || name.equalsIgnoreCase(SAID_ANEW_TOO);
    }

    /**
     * Returns whether servers that follow CGI's names (RFC 3875, 4.1.18: WSGI, PHP, Rack) can't tell this name from that
     * of a header that the gateway sets or keeps to itself: to them a {@code _} is a {@code -}.
     */
    private static boolean looksVouchedFor(String name) {
        if (name.indexOf('_') < 0) {
            return false;
        }
        String read = name.replace('_', '-');
        return !passesToBackend(HttpHeader.CACHE.get(read), read, Set.of());
    }

    /** Returns whether an answer's header is passed on to the client. */
    static boolean passesToClient(HttpHeader known, String name, Set<String> named) {
        return known != HttpHeader.ALT_SVC && !isHopByHop(known, name, named);
    }

    private static boolean isHopByHop(HttpHeader known, String name, Set<String> named) {
        return known != null && HOP_BY_HOP.contains(known)
                || known == null && name.equalsIgnoreCase(HOP_BY_HOP_TOO)
                || named.contains(name);
    }

    /** Returns the header names that {@code Connection} lists in these fields. */
    static Set<String> named(HttpFields fields) {
        Set<String> names = null;
        for (HttpField field : fields) {
            if (field.getHeader() == HttpHeader.CONNECTION && !isUsual(field.getValue())) {
                names = names == null ? new TreeSet<>(String.CASE_INSENSITIVE_ORDER) : names;
                addTo(names, field.getValue());
            }
        }
        return names == null ? Set.of() : names; // nearly always: nothing to remember
    }

    private static void addTo(Set<String> names, String tokens) {
        for (String token : tokens.split(",")) {
            String name = token.strip();
            if (!name.isEmpty() && !isUsual(name)) {
                names.add(name);
            }
        }
    }

    private static boolean isUsual(String token) {
        return token == null || token.equalsIgnoreCase("keep-alive") || token.equalsIgnoreCase("close");
    }
}
