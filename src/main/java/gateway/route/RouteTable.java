package gateway.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * All routes at one moment, and which of them takes a request; immutable.
 *
 * <p>The prefixes are in a hash table. A look-up goes through the path once, up to the length of the longest prefix,
 * computes the hash as it goes, and asks the table at the end of each segment. So its cost depends on the path, not on
 * how many routes there are.
 */
public final class RouteTable {
    private static final Comparator<Route> MOST_SPECIFIC_FIRST = Comparator.<Route, Boolean>comparing(
                    route -> route.config().match().host().isEmpty())
            .thenComparing(route -> route.config().match().methods().isEmpty())
            .thenComparing(Route::name);

    private final List<Route> all;
    private final Map<String, Route> byName = new HashMap<>();
    private final Slot[] slots;
    private final int longest;
    private final Predicate<String> ownPaths;

    /** The routes of one prefix, the most specific first, by which they are tried. */
    private record Slot(String prefix, Route[] routes, boolean hidesOwn, Slot next) {}

    /**
     * @param ownPaths the gateway's own paths, which no route takes
     * @param hides whether some of the gateway's own paths lie below this prefix
     */
    RouteTable(List<Route> routes, Predicate<String> ownPaths, Predicate<String> hides) {
        this.all = routes.stream().sorted(Comparator.comparing(Route::name)).toList();
        this.ownPaths = ownPaths;
        Map<String, List<Route>> byPrefix = new HashMap<>();
        int most = 0;
        for (Route route : all) {
            byName.put(route.name(), route);
            byPrefix.computeIfAbsent(route.path().text(), text -> new ArrayList<>())
                    .add(route);
            most = Math.max(most, route.path().text().length());
        }
        this.longest = most;
        this.slots = new Slot[Integer.highestOneBit(byPrefix.size() * 2 + 1) * 2];
        byPrefix.forEach((prefix, same) -> {
            same.sort(MOST_SPECIFIC_FIRST);
            int index = index(prefix.hashCode());
            slots[index] = new Slot(prefix, same.toArray(Route[]::new), hides.test(prefix), slots[index]);
        });
    }

    private int index(int hash) {
        return (hash ^ hash >>> 16) & slots.length - 1;
    }

    /** Returns all routes, by name. */
    public List<Route> all() {
        return all;
    }

    /** Returns the route with this name; null if there is none. */
    public Route get(String name) {
        return byName.get(name);
    }

    /**
     * Returns the route that takes a request; null if none does.
     *
     * @param method the request's method
     * @param host the host that the request names, without a port; null if it names none
     * @param path the raw path
     */
    public Route match(String method, String host, String path) {
        Route best = null;
        int hash = 0; // as String.hashCode computes it
        int end = Math.min(path.length(), longest);
        for (int i = 0; i <= end; i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                Route here = at(hash, i, method, host, path);
                best = here != null ? here : best;
            }
            if (i < end) {
                hash = 31 * hash + path.charAt(i);
            }
        }
        return best;
    }

    private Route at(int hash, int length, String method, String host, String path) {
        for (Slot slot = slots[index(hash)]; slot != null; slot = slot.next) {
            if (slot.prefix.length() == length && path.startsWith(slot.prefix)) {
                return slot.hidesOwn && ownPaths.test(path) ? null : first(slot.routes, method, host);
            }
        }
        return null;
    }

    private static Route first(Route[] routes, String method, String host) {
        for (Route route : routes) {
            Match match = route.config().match();
            if ((match.host().isEmpty() || isSame(match.host().get(), host))
                    && (match.methods().isEmpty() || takes(match.methods(), method))) {
                return route;
            }
        }
        return null;
    }

    /** Returns whether these methods are for this one; where GET is, HEAD is too (RFC 9110, 9.3.2). */
    private static boolean takes(Set<String> methods, String method) {
        return methods.contains(method) || method.equals("HEAD") && methods.contains("GET");
    }

    private static boolean isSame(String wanted, String host) {
        return host != null && wanted.equals(host.toLowerCase(Locale.ROOT));
    }
}
