package gateway.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which routes are in use. Those of the file go before those that were put by the API, by name and by what they match;
 * of two that were put and match the same, the one whose name comes first; what is built in gives way to a route that was
 * put with its name.
 *
 * @param used the routes in use
 * @param hidden the names of the routes that were put and aren't in use, each with the reason
 */
record Precedence(List<RouteConfig> used, Map<String, String> hidden) {
    /**
     * Decides.
     *
     * @param given the routes of the file, or what is built in
     * @param put the routes that were put by the API
     */
    static Precedence of(
            SortedMap<String, RouteConfig> given, Routes.Source givenBy, SortedMap<String, RouteConfig> put) {
        List<RouteConfig> used = new ArrayList<>();
        Map<String, String> hidden = new TreeMap<>();
        Map<Match, String> taken = new HashMap<>();
        given.forEach((name, route) -> {
            if (givenBy == Routes.Source.FILE || !put.containsKey(name)) {
                used.add(route);
                taken.put(route.match(), name);
            }
        });
        put.forEach((name, route) -> {
            String other = taken.get(route.match());
            if (givenBy == Routes.Source.FILE && given.containsKey(name)) {
                hidden.put(name, "the file has one with this name");
            } else if (other != null) {
                hidden.put(name, "the route " + other + " matches the same requests");
            } else {
                used.add(route);
                taken.put(route.match(), name);
            }
        });
        return new Precedence(used, hidden);
    }
}
