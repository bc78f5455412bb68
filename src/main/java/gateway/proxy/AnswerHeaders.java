package gateway.proxy;

import gateway.proxy.mount.ClientSite;
import gateway.proxy.mount.Mount;
import gateway.proxy.upstream.UpstreamAnswer;
import gateway.proxy.upstream.UpstreamPool;
import gateway.registry.Backend;
import gateway.route.Route;
import gateway.trace.Trace;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The header of a backend's answer as the client gets it: without what the gateway says itself, and with references to
 * the backend turned to the route.
 */
final class AnswerHeaders {
    /** Names the gateway, in each answer. */
    static final String GATEWAY = "X-Gateway";

    /** Headers that the gateway sets in each answer; a backend that is itself a gateway may have set them, too. */
    private static final List<String> OWN =
            List.of(Trace.REQUEST_ID, GATEWAY, UpstreamPool.BACKEND_HEADER, Route.BALANCER_HEADER);

    /** Headers of an answer that may point at the service's own address or path. */
    private static final Set<HttpHeader> LEAD_TO_SERVICE = Collections.unmodifiableSet(
            EnumSet.of(HttpHeader.LOCATION, HttpHeader.CONTENT_LOCATION, HttpHeader.SET_COOKIE));

    private AnswerHeaders() {}

    /** Sets the headers of an answer to those of the backend's that pass. What the gateway itself has set stays. */
    static void toClient(UpstreamAnswer answer, ClientRequest request, Backend backend, HttpFields.Mutable fields) {
        HttpFields from = answer.fields();
        Set<String> named = HeaderRules.named(from);
        boolean turns = request.route.config().rewritesRedirects();
        for (HttpField field : from) {
            HttpHeader known = field.getHeader();
            if (!HeaderRules.passesToClient(known, field.getName(), named)) {
                continue;
            }
            if (known == HttpHeader.DATE) {
                fields.put(field); // instead of Jetty's
            } else if (known == HttpHeader.CONTENT_LENGTH) {
                if (!answer.isChunked()) {
                    fields.put(field);
                }
            } else if (turns && known != null && LEAD_TO_SERVICE.contains(known)) {
                fields.add(turned(field, mount(request, backend)));
            } else if (known != null || !isSaidByGateway(field.getName(), fields)) {
                fields.add(field);
            }
        }
    }

    private static Mount mount(ClientRequest request, Backend backend) {
        ClientSite client = new ClientSite(request.scheme(), request.host(), request.fields.get(HttpHeader.HOST));
        return new Mount(request.route.mount(), RequestHeaders.told(request), backend.url(), request.path, client);
    }

    private static HttpField turned(HttpField field, Mount mount) {
        String value = field.getValue() == null ? "" : field.getValue();
        String turned = field.getHeader() == HttpHeader.SET_COOKIE ? mount.cookie(value) : mount.reference(value);
        return turned.equals(value) ? field : new HttpField(field.getHeader(), field.getName(), turned);
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
}
