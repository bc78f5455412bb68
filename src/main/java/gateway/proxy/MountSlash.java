package gateway.proxy;

import gateway.http.Answer;
import gateway.http.IllegalCharacter;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.trace.Stage;
import gateway.trace.Trace;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Leads browsers that ask for a mount without its last slash to the one with it. The service would get {@code /} either
 * way, and can't tell; but relative links of its page, like {@code app.js}, lead out of the mount from {@code /shop}, and
 * into it from {@code /shop/}. Other clients follow no links and are answered as ever, as is everybody on the default
 * route, whose services are APIs.
 */
public final class MountSlash implements Stage {
    private static final int TEMPORARY_REDIRECT = 307;

    @Override
    public boolean ends(Request request, Answer answer, Trace trace) {
        Route route = trace.route();
        if (route == null
                || request.getHttpURI().getPath().length() != route.mount().length()
                || !mayRedirect(route, request)) {
            return false;
        }
        String query = request.getHttpURI().getQuery();
        // Relative, so that it is right below the mount of a further proxy, too; "./" since "a:b/" would have a scheme.
        String mount = route.mount();
        String last = "./" + mount.substring(mount.lastIndexOf('/') + 1) + "/";
        answer.status(TEMPORARY_REDIRECT);
        answer.fields().put(HttpHeader.LOCATION, query == null ? last : last + '?' + query);
        answer.fields().put(HttpHeader.VARY, "Accept");
        return true;
    }

    private static boolean mayRedirect(Route route, Request request) {
        String query = request.getHttpURI().getQuery();
        return !route.mount().isEmpty()
                && !route.name().equals(RouteConfig.DEFAULT)
                && route.config().rewritesRedirects()
                && (query == null || IllegalCharacter.in(query) < 0)
                && (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && request.getHeaders().getValuesList(HttpHeader.ACCEPT).stream()
                        .anyMatch(accept -> accept.contains("text/html"));
    }
}
