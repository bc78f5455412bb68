package gateway.proxy;

import gateway.client.ProxyPath;
import gateway.http.Cookies;
import gateway.http.IllegalCharacter;
import gateway.http.Via;
import gateway.net.Peer;
import gateway.proxy.upstream.UpstreamRequest;
import gateway.route.HeaderEdits;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.trace.Trace;
import gateway.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The header of a request as backends get it: what passes of the client's, what the gateway says of where it comes from,
 * and what the route changes.
 */
final class RequestHeaders {
    /** Tells services what was cut off the client's path. */
    private static final String MOUNT_HEADER = "X-Forwarded-Prefix";

    /** Belongs to the client's traceparent: without a valid one it is meaningless (Trace Context, 3.3). */
    private static final String TRACE_STATE = "tracestate";

    private RequestHeaders() {}

    /**
     * Returns the request as backends get it.
     *
     * @param via this gateway's Via
     */
    static UpstreamRequest toBackend(ClientRequest request, Via via) {
        RouteConfig.HostHeader host = request.route.config().host();
        UpstreamRequest sent = new UpstreamRequest(
                request.method,
                request.path,
                query(request),
                request.length,
                host == RouteConfig.HostHeader.SERVICE ? null : request.host(),
                host == RouteConfig.HostHeader.BY_SCHEME);
        HttpFields fields = request.fields;
        Set<String> named = HeaderRules.named(fields);
        TraceContext context = request.trace.context();
        boolean cookiesAdded = false;
        HeaderEdits.Edit edit = request.route.config().headers().request();
        for (HttpField field : fields) {
            HttpHeader known = field.getHeader();
            if (HeaderRules.passesToBackend(known, field.getName(), named)
                    && !replaces(edit, field.getName())
                    && !looksCounted(request.route.config().limits(), field.getName())
                    && !(context.isNew() && field.getName().equalsIgnoreCase(TRACE_STATE))) {
                if (known != HttpHeader.COOKIE) {
                    sent.add(field.getName(), field.getValue() == null ? "" : field.getValue());
                } else if (!cookiesAdded) {
                    addCookies(sent, request, field.getName());
                    cookiesAdded = true;
                }
            }
        }
        addOrigin(sent, request, edit);
        edit.set().forEach(sent::add);
        sent.add("Via", via.entryFor(request.jetty.getConnectionMetaData().getProtocol()));
        add(sent, edit, Trace.REQUEST_ID, request.trace.requestId());
        add(sent, edit, TraceContext.HEADER, context.parent());
        if (request.webSocket) { // said anew: these two hold for one connection, and the client's may list more
            sent.addUpgrade(fields.get(HttpHeader.SEC_WEBSOCKET_KEY));
        }
        return sent;
    }

    /**
     * Adds the client's cookies, but for the one by which the gateway knows it again. They are one header, though clients
     * split it: by HTTP/2 they may (RFC 9113, 8.2.3), by HTTP/1.1 they must not (RFC 6265, 5.4), and services read the
     * first.
     */
    private static void addCookies(UpstreamRequest sent, ClientRequest request, String name) {
        String value = request.fields.getValuesList(HttpHeader.COOKIE).stream()
                .filter(line -> line != null && !line.isEmpty())
                .collect(Collectors.joining("; "));
        String own = request.route.selection().balancer().cookie();
        String others = own == null ? value : Cookies.without(value, own);
        if (own == null || !others.isEmpty()) {
            sent.add(name, others);
        }
    }

    /** Returns the raw query, in which a char is a byte; Jetty has decoded that of HTTP/1.1, and only that. */
    private static String query(ClientRequest request) {
        String query = request.jetty.getHttpURI().getQuery();
        return query == null || request.stream != null || IllegalCharacter.in(query) < 0
                ? query
                : new String(query.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Sets the X-Forwarded headers anew, or from those of trusted proxies with the peer appended. */
    private static void addOrigin(UpstreamRequest sent, ClientRequest request, HeaderEdits.Edit edit) {
        ProxyPath through = request.trace.proxyPath();
        add(sent, edit, "X-Forwarded-For", through == null ? Peer.text(request.trace.client()) : through.text());
        add(sent, edit, "X-Forwarded-Proto", request.scheme());
        String host = request.host();
        if (host != null) {
            add(sent, edit, "X-Forwarded-Host", host);
        }
        String prefix = prefix(request);
        if (!prefix.isEmpty()) {
            add(sent, edit, MOUNT_HEADER, prefix);
        }
    }

    /** Returns what X-Forwarded-Prefix tells the service; empty if nothing, or if the route changes it. */
    static String told(ClientRequest request) {
        return request.route.config().headers().request().replaces(MOUNT_HEADER) ? "" : prefix(request);
    }

    /** Returns what was cut off the client's path, by trusted proxies and by the route; empty if nothing. */
    private static String prefix(ClientRequest request) {
        ProxyPath through = request.trace.proxyPath();
        String mount = request.route.mount();
        return through == null || through.prefix().isEmpty() ? mount : through.prefix() + mount;
    }

    /** Returns whether the edit removes or sets a header of a request, also where its name has a {@code _} for a {@code -}. */
    private static boolean replaces(HeaderEdits.Edit edit, String name) {
        return edit.replaces(name)
                || !edit.isEmpty() && name.indexOf('_') >= 0 && edit.replaces(name.replace('_', '-'));
    }

    /**
     * Returns whether some servers can't tell this name from that of a header by which a limit counts, which it isn't, for
     * a {@code _} that is a {@code -} to them: a client could spread one key's requests over the limits of others.
     */
    private static boolean looksCounted(List<Limit> limits, String name) {
        for (int i = 0; i < limits.size(); i++) {
            String counted = limits.get(i).header();
            if (counted != null
                    && !counted.equalsIgnoreCase(name)
                    && counted.replace('_', '-').equalsIgnoreCase(name.replace('_', '-'))) {
                return true;
            }
        }
        return false;
    }

    private static void add(UpstreamRequest sent, HeaderEdits.Edit edit, String name, String value) {
        if (!edit.replaces(name)) {
            sent.add(name, value);
        }
    }
}
