package gateway.route.config;

import gateway.route.RouteConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Says what has changed from some routes to others. */
final class Changes {
    private static final int MOST_NAMES = 10;

    private Changes() {}

    /** Returns it on one line: {@code added blog; changed shop; removed a, b}. */
    static String words(List<RouteConfig> before, List<RouteConfig> after) {
        Map<String, RouteConfig> old = byName(before);
        Map<String, RouteConfig> now = byName(after);
        List<String> words = new ArrayList<>();
        add(words, "added", now, name -> !old.containsKey(name));
        add(
                words,
                "changed",
                now,
                name -> old.containsKey(name) && !old.get(name).equals(now.get(name)));
        add(words, "removed", old, name -> !now.containsKey(name));
        return words.isEmpty() ? "no route has changed" : String.join("; ", words);
    }

    private static Map<String, RouteConfig> byName(List<RouteConfig> routes) {
        return routes.stream().collect(Collectors.toMap(RouteConfig::name, route -> route, (a, b) -> b, TreeMap::new));
    }

    private static void add(List<String> words, String verb, Map<String, RouteConfig> routes, Predicate<String> which) {
        List<String> names = routes.keySet().stream().filter(which).toList();
        if (!names.isEmpty()) {
            int more = names.size() - MOST_NAMES;
            words.add(verb + " " + names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                    + (more > 0 ? " and " + more + " more" : ""));
        }
    }
}
