package gateway.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All routes at one moment, and which of them takes a request; immutable.
 *
 * <p>The prefixes are in a hash table. A look-up goes through the path once, up to the length of the longest prefix,
 * computes the hash as it goes, and asks the table at the end of each segment where a prefix may end. So its cost depends
 * on the longest prefix, not on how many routes there are, nor on how long the path is. The hash is chosen for the
 * prefixes, so that few of them share a slot whatever they are.
 */
public final class RouteTable {
    /** The first is that of {@link String#hashCode}. */
    private static final List<Integer> MULTIPLIERS = List.of(31, 37, 131, 65_599, 1_000_003, 16_777_619, 0x9e3779b1);

    private static final int FEW = 8; // twice what chance makes of 1,000 prefixes

    private final List<Route> all;
    private final Map<String, Route> byName = new HashMap<>();
    private final OwnPaths ownPaths;
    private final int multiplier;
    private final Slot[] slots;
    private final boolean[] ends; // by length: whether a prefix has it

    /**
     * A prefix with its routes.
     *
     * @param hidesOwn whether some of the gateway's own paths lie below it
     * @param next of those in the same place of the table
     */
    private record Slot(int hash, String prefix, PrefixRoutes routes, boolean hidesOwn, Slot next) {}

    /** @param ownPaths the gateway's own paths, which no route takes */
    RouteTable(List<Route> routes, OwnPaths ownPaths) {
        this.all = routes.stream().sorted(Comparator.comparing(Route::name)).toList();
        this.ownPaths = ownPaths;
        Map<String, List<Route>> byPrefix = new HashMap<>();
        int longest = 0;
        for (Route route : all) {
            String prefix = route.path().text();
            byName.put(route.name(), route);
            byPrefix.computeIfAbsent(prefix, text -> new ArrayList<>()).add(route);
            longest = Math.max(longest, prefix.length());
        }
        this.ends = new boolean[longest + 1];
        this.slots = new Slot[Integer.highestOneBit(byPrefix.size() * 2 + 1) * 2];
        this.multiplier = multiplier(List.copyOf(byPrefix.keySet()), slots.length);
        byPrefix.forEach((prefix, same) -> {
            int hash = hash(prefix, multiplier);
            int index = index(hash, slots.length);
            slots[index] = new Slot(hash, prefix, new PrefixRoutes(same), ownPaths.areBelow(prefix), slots[index]);
            ends[prefix.length()] = true;
        });
    }

    /** Returns the multiplier with which fewest prefixes share a place of the table; the first that is good enough. */
    private static int multiplier(List<String> prefixes, int places) {
        int best = MULTIPLIERS.get(0);
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < MULTIPLIERS.size() && least > FEW; i++) {
            int[] sharing = new int[places];
            int most = 0;
            for (String prefix : prefixes) {
                most = Math.max(most, ++sharing[index(hash(prefix, MULTIPLIERS.get(i)), places)]);
            }
            if (most < least) {
                least = most;
                best = MULTIPLIERS.get(i);
            }
        }
        return best;
    }

    private static int hash(String text, int multiplier) {
        int hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = multiplier * hash + text.charAt(i);
        }
        return hash;
    }

    private static int index(int hash, int places) {
        return (hash ^ hash >>> 16) & places - 1;
    }

    /** Returns all routes, by name. */
    public List<Route> all() {
        return all;
    }

    /** Returns the route with this name; null if there is none. */
    public Route get(String name) {
        return byName.get(name);
    }

    /** Returns the default route or, if there is no such, the only one; null if there are several, or none. */
    public Route usual() {
        Route usual = byName.get(RouteConfig.DEFAULT);
        return usual != null || all.size() != 1 ? usual : all.get(0);
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
        int hash = 0;
        int end = Math.min(path.length(), ends.length - 1);
        for (int i = 0; i <= end; i++) {
            char c = i < path.length() ? path.charAt(i) : '/';
            if (c == '/' && ends[i]) {
                Route here = at(hash, i, method, host, path);
                best = here != null ? here : best;
            }
            hash = multiplier * hash + c;
        }
        return best;
    }

    private Route at(int hash, int length, String method, String host, String path) {
        for (Slot slot = slots[index(hash, slots.length)]; slot != null; slot = slot.next) {
            if (slot.hash == hash && slot.prefix.length() == length && path.startsWith(slot.prefix)) {
                return slot.hidesOwn && ownPaths.has(path) ? null : slot.routes.match(method, host);
            }
        }
        return null;
    }

    /** Returns how many prefixes share a place of the table at most; for tests. */
    int longestChain() {
        int longest = 0;
        for (Slot slot : slots) {
            int length = 0;
            for (Slot one = slot; one != null; one = one.next) {
                length++;
            }
            longest = Math.max(longest, length);
        }
        return longest;
    }
}
