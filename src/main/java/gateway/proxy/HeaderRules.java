package gateway.proxy;

import gateway.client.ProxyPath;
import gateway.http.Cookies;
import gateway.http.IllegalCharacter;
import gateway.http.Via;
import gateway.net.Peer;
import gateway.proxy.upstream.UpstreamAnswer;
import gateway.proxy.upstream.UpstreamPool;
import gateway.proxy.upstream.UpstreamRequest;
import gateway.route.HeaderEdits;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.trace.Trace;
import gateway.trace.TraceContext;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Which headers pass, in both directions, and which the gateway adds to a request.
 *
 * <p>Headers that belong to one connection (RFC 9110, 7.6.1), and those that {@code Connection} names, don't pass. The
 * client's own claims about where it comes from don't pass: X-Forwarded-*, Forwarded and X-Real-IP are dropped, and
 * X-Forwarded-* is set anew. A backend's {@code Alt-Svc} doesn't pass: it is true of the connection to the backend, and a
 * client would look for the backend's port at the gateway's host (RFC 7838, 2).
 */
final class HeaderRules {
    /** Names the gateway, in each answer. */
    static final String GATEWAY = "X-Gateway";

    /** Headers that the gateway sets in each answer; a backend that is itself a gateway may have set them, too. */
    private static final List<String> OWN =
            List.of(Trace.REQUEST_ID, GATEWAY, UpstreamPool.BACKEND_HEADER, Route.BALANCER_HEADER);

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

    /** Belongs to the client's traceparent: without a valid one it is meaningless (Trace Context, 3.3). */
    private static final String TRACE_STATE = "tracestate";

    private HeaderRules() {}

    /**
     * Returns the request as backends get it.
     *
     * @param via this gateway's Via
     */
    static UpstreamRequest toBackend(ClientRequest request, Via via) {
        UpstreamRequest sent = new UpstreamRequest(request.method, request.path, query(request), request.length);
        HttpFields fields = request.fields;
        Set<String> named = named(fields.getValuesList(HttpHeader.CONNECTION));
        TraceContext context = request.trace.context();
        boolean splitsCookies = request.stream != null;
        HeaderEdits.Edit edit = request.route.config().headers().request();
        RouteConfig.HostHeader host = request.route.config().host();
        if (host != RouteConfig.HostHeader.SERVICE) {
            sent.host(fields.get(HttpHeader.HOST), host == RouteConfig.HostHeader.BY_SCHEME);
        }
        for (HttpField field : fields) {
            HttpHeader known = field.getHeader();
            if (passesToBackend(known, field.getName(), named)
                    && !edit.replaces(field.getName())
                    && !(splitsCookies && known == HttpHeader.COOKIE)
                    && !(context.isNew() && field.getName().equalsIgnoreCase(TRACE_STATE))) {
                String value = field.getValue() == null ? "" : field.getValue();
                if (known == HttpHeader.COOKIE) {
                    addCookies(sent, request, field.getName(), value);
                } else {
                    sent.add(field.getName(), value);
                }
            }
        }
        if (splitsCookies
                && fields.contains(HttpHeader.COOKIE)
                && !edit.replaces("Cookie")) { // one header again (RFC 9113, 8.2.3)
            addCookies(sent, request, "Cookie", String.join("; ", fields.getValuesList(HttpHeader.COOKIE)));
        }
        addOrigin(sent, request, edit);
        edit.set().forEach(sent::add);
        sent.add("Via", via.entryFor(request.servlet.getProtocol()));
        sent.add(Trace.REQUEST_ID, request.trace.requestId());
        sent.add(TraceContext.HEADER, context.parent());
        if (request.webSocket) { // said anew: these two hold for one connection, and the client's may list more
            sent.addUpgrade(fields.get(HttpHeader.SEC_WEBSOCKET_KEY));
        }
        return sent;
    }

    /** Adds the client's cookies, but for the one by which the gateway knows it again. */
    private static void addCookies(UpstreamRequest sent, ClientRequest request, String name, String value) {
        String own = request.route.selection().balancer().cookie();
        String others = own == null ? value : Cookies.without(value, own);
        if (own == null || !others.isEmpty()) {
            sent.add(name, others);
        }
    }

    /** Returns the raw query, in which a char is a byte; Jetty has decoded that of HTTP/1.1, and only that. */
    private static String query(ClientRequest request) {
        String query = request.servlet.getQueryString();
        return query == null || request.stream != null || IllegalCharacter.in(query) < 0
                ? query
                : new String(query.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Sets the X-Forwarded headers anew, or from those of trusted proxies with the peer appended. */
    private static void addOrigin(UpstreamRequest sent, ClientRequest request, HeaderEdits.Edit edit) {
        ProxyPath through = request.trace.proxyPath();
        add(sent, edit, "X-Forwarded-For", through == null ? Peer.text(request.trace.client()) : through.text());
        boolean said = through != null && through.proto() != null;
        add(sent, edit, "X-Forwarded-Proto", said ? through.proto() : request.servlet.isSecure() ? "https" : "http");
        String host = through != null && through.host() != null ? through.host() : request.fields.get(HttpHeader.HOST);
        if (host != null) {
            add(sent, edit, "X-Forwarded-Host", host);
        }
        if (!request.route.mount().isEmpty()) {
            add(sent, edit, "X-Forwarded-Prefix", request.route.mount());
        }
    }

    private static void add(UpstreamRequest sent, HeaderEdits.Edit edit, String name, String value) {
        if (!edit.replaces(name)) {
            sent.add(name, value);
        }
    }

    /** Sets the headers of an answer to those of the backend's that pass. What the gateway itself has set stays. */
    static void toClient(UpstreamAnswer answer, HttpFields.Mutable fields, HttpServletResponse response) {
        HttpFields from = answer.fields();
        Set<String> named = named(from.getValuesList(HttpHeader.CONNECTION));
        fields.remove(HttpHeader.CONTENT_TYPE); // Javalin's default
        for (HttpField field : from) {
            HttpHeader known = field.getHeader();
            if (!passesToClient(known, field.getName(), named)) {
                continue;
            }
            if (known == HttpHeader.DATE) {
                fields.put(field); // instead of Jetty's
            } else if (known == HttpHeader.CONTENT_LENGTH) {
                if (!answer.isChunked()) {
                    response.setHeader(field.getName(), field.getValue());
                }
            } else if (known != null || !isSaidByGateway(field.getName(), fields)) {
                fields.add(field);
            }
        }
    }

    /** Returns whether the gateway sets this header itself, so that the backend's isn't mixed in. */
    private static boolean isSaidByGateway(String name, HttpFields fields) {
        for (int i = 0; i < OWN.size(); i++) {
            if (name.equalsIgnoreCase(OWN.get(i))) {
                return true;
            }
        }
        return name.regionMatches(true, 0, "RateLimit", 0, 9) && fields.contains(name)
                || name.regionMatches(true, 0, "X-RateLimit-", 0, 12) && fields.contains(name);
    }

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

    /** Returns the header names that these values of {@code Connection} list. */
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
}
