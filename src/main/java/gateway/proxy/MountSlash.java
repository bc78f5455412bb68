package gateway.proxy;

import gateway.http.IllegalCharacter;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.trace.Stage;
import gateway.trace.Trace;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;

/**
 * Leads browsers that ask for a mount without its last slash to the one with it. The service would get {@code /} either
 * way, and can't tell; but relative links of its page, like {@code app.js}, lead out of the mount from {@code /shop}, and
 * into it from {@code /shop/}. Other clients follow no links and are answered as ever, as is everybody on the default
 * route, whose services are APIs.
 */
public final class MountSlash implements Stage {
    private static final int TEMPORARY_REDIRECT = 307;

    @Override
    public boolean ends(Context ctx, Trace trace) {
        Route route = trace.route();
        if (route == null || ctx.path().length() != route.mount().length() || !mayRedirect(route, ctx.req())) {
            return false;
        }
        String query = ctx.req().getQueryString();
        // Relative, so that it is right below the mount of a further proxy, too; "./" since "a:b/" would have a scheme.
        String mount = route.mount();
        String last = "./" + mount.substring(mount.lastIndexOf('/') + 1) + "/";
        ctx.res().setStatus(TEMPORARY_REDIRECT);
        ctx.res().setContentType(null);
        ctx.res().setHeader("Location", query == null ? last : last + '?' + query);
        ctx.res().setHeader("Vary", "Accept");
        return true;
    }

    private static boolean mayRedirect(Route route, HttpServletRequest request) {
        return !route.mount().isEmpty()
                && !route.name().equals(RouteConfig.DEFAULT)
                && route.config().rewritesRedirects()
                && (request.getQueryString() == null || IllegalCharacter.in(request.getQueryString()) < 0)
                && (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && Collections.list(request.getHeaders("Accept")).stream()
                        .anyMatch(accept -> accept.contains("text/html"));
    }
}
