package gateway.route;

import gateway.http.PathPrefix;
import java.util.List;

/**
 * The paths of the gateway's own API and pages, which go before routes at the main port: a route can't hide how it is
 * operated. With an admin port they are there, and routes go first at the main port.
 */
public final class OwnPaths {
    /** Each with all that is below it. */
    private static final List<PathPrefix> ALL = List.of(
            new PathPrefix("/health"),
            new PathPrefix("/stats"),
            new PathPrefix("/metrics"),
            new PathPrefix("/services"),
            new PathPrefix("/routes"),
            new PathPrefix("/gateways"),
            new PathPrefix("/limits"),
            new PathPrefix("/requests"),
            new PathPrefix("/dashboard"),
            new PathPrefix("/docs"),
            new PathPrefix("/openapi.json"),
            new PathPrefix("/webjars"));

    private final boolean first;

    /** @param first whether they go before routes */
    public OwnPaths(boolean first) {
        this.first = first;
    }

    /** Returns whether a raw path is the gateway's own and goes before routes. */
    boolean has(String path) {
        if (!first) {
            return false;
        }
        for (PathPrefix own : ALL) {
            if (own.covers(path)) {
                return true;
            }
        }
        return path.equals("/");
    }

    /** Returns whether some of them lie below a prefix, or it below one of them. */
    boolean areBelow(String prefix) {
        PathPrefix route = new PathPrefix(prefix);
        return first && ALL.stream().anyMatch(own -> route.covers(own.text()) || own.covers(prefix));
    }
}
