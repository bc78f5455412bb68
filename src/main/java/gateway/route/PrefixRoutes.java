package gateway.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The routes of one prefix: those of the request's host go before those of any, and among these the most specific. */
final class PrefixRoutes {
    /** The order in which routes of the same prefix and host are tried. */
    static final Comparator<RouteConfig> FEWEST_METHODS_FIRST = Comparator.<RouteConfig>comparingInt(route -> {
                int methods = route.match().methods().size();
                return methods == 0 ? Integer.MAX_VALUE : methods; // none stands for all
            })
            .thenComparing(RouteConfig::name);

    private static final Route[] NONE = {};

    private final Map<String, Route[]> byHost = new HashMap<>();
    private final Route[] ofAnyHost;

    PrefixRoutes(List<Route> routes) {
        Map<String, List<Route>> hosts = new HashMap<>();
        List<Route> others = new ArrayList<>();
        for (Route route : routes.stream()
                .sorted(Comparator.comparing(Route::config, FEWEST_METHODS_FIRST))
                .toList()) {
            route.config()
                    .match()
                    .host()
                    .map(host -> hosts.computeIfAbsent(host, name -> new ArrayList<>()))
                    .orElse(others)
                    .add(route);
        }
        hosts.forEach((host, ofHost) -> byHost.put(host, ofHost.toArray(Route[]::new)));
        ofAnyHost = others.toArray(Route[]::new);
    }

    /** Returns the route that takes a request; null if none does. */
    Route match(String method, String host) {
        Route ofHost = byHost.isEmpty() || host == null ? null : first(byHost.getOrDefault(plain(host), NONE), method);
        return ofHost != null ? ofHost : first(ofAnyHost, method);
    }

    /** Returns a host as routes have it: in lower case, and without the dot that may end the name of a host in DNS. */
    private static String plain(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return name.toLowerCase(Locale.ROOT); // the same object if there is nothing to change
    }

    private static Route first(Route[] routes, String method) {
        for (Route route : routes) {
            if (takes(route.config().match().methods(), method)) {
                return route;
            }
        }
        return null;
    }

    /** Returns whether these methods are for this one; where GET is, HEAD is too (RFC 9110, 9.3.2). */
    static boolean takes(Set<String> methods, String method) {
        return methods.isEmpty() || methods.contains(method) || method.equals("HEAD") && methods.contains("GET");
    }
}
