package gateway.route;

import gateway.http.PathPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the routes that get none of the requests that they match, or not all, since others go first. */
public final class Unreachable {
    private static final String REMEDY = "; GATEWAY_ADMIN_PORT would give the gateway's own paths a port of their own";

    private Unreachable() {}

    /** Returns a sentence for each such route. */
    public static List<String> words(List<RouteConfig> routes, OwnPaths own) {
        List<String> words = new ArrayList<>();
        routes.forEach(route -> behindOwn(route, own).ifPresent(words::add));
        Map<Match, List<RouteConfig>> alike = new HashMap<>();
        for (RouteConfig route : routes) {
            Match any = new Match(route.match().path(), route.match().host(), Set.of());
            alike.computeIfAbsent(any, match -> new ArrayList<>()).add(route);
        }
        alike.values().stream().filter(same -> same.size() > 1).forEach(same -> words.addAll(behindOthers(same)));
        return words;
    }

    private static Optional<String> behindOwn(RouteConfig route, OwnPaths own) {
        PathPrefix path = route.match().path();
        Optional<PathPrefix> above = own.above(path);
        if (above.isPresent()) {
            return Optional.of("the route " + route.name() + " (" + path
                    + ") gets no requests: this path is the gateway's own" + REMEDY);
        }
        List<String> below = own.below(path);
        return below.isEmpty()
                ? Optional.empty()
                : Optional.of("the route " + route.name() + " (" + path + ") doesn't get the gateway's own "
                        + String.join(", ", below) + REMEDY);
    }

    /** @param same routes that differ by their methods only */
    private static List<String> behindOthers(List<RouteConfig> same) {
        List<String> words = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        List<RouteConfig> before = new ArrayList<>();
        for (RouteConfig route :
                same.stream().sorted(PrefixRoutes.FEWEST_METHODS_FIRST).toList()) {
            Set<String> methods = route.match().methods();
            boolean isCovered =
                    !taken.isEmpty() && methods.stream().allMatch(method -> PrefixRoutes.takes(taken, method));
            if (!methods.isEmpty() && isCovered) {
                words.add("the route " + route.name() + " (" + route.match().path() + ") gets no requests: "
                        + before.stream().map(RouteConfig::name).collect(Collectors.joining(", "))
                        + (before.size() == 1 ? " takes" : " take") + " all its methods");
            }
            taken.addAll(methods);
            before.add(route);
        }
        return words;
    }
}
