package gateway.limit;

import gateway.limit.RateLimit.Sharing;
import gateway.limit.RouteLimits.Counts;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.route.RouteTable;
import gateway.route.Routes;
import gateway.util.Time;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The limits of all routes. Each route counts for itself. Its counts outlive changes of the route: the times of requests
 * belong to the route's name and to what a limit counts by, not to its rate. So a limit that is raised gives nobody a
 * fresh budget, and a period that gets longer or shorter covers what has been kept: the requests of the period before. With the route
 * itself its counts go.
 */
public final class Limits implements AutoCloseable {
    private final LimitStore store;
    private final Room room;
    private final Time time;
    private final RouteLimits none = new RouteLimits("", new Unlimited(), null, new Counts());
    private final Map<Route, RouteLimits> byRoute = new ConcurrentHashMap<>();
    private final Map<String, Map<CountedBy, Windows>> tables = new HashMap<>(); // guarded by this
    private volatile Map<String, RouteLimits> byName = new TreeMap<>();

    /**
     * Makes the limits of these routes, and follows their changes.
     *
     * @param store where requests are counted
     * @param maxClients how many clients to remember, at least 1
     */
    public static Limits of(Routes routes, LimitStore store, int maxClients, Time time) {
        Limits limits = new Limits(store, maxClients, time);
        routes.onChange(limits::changed);
        routes.afterChange(change -> limits.dropUnused());
        return limits;
    }

    private Limits(LimitStore store, int maxClients, Time time) {
        this.store = store;
        this.room = new Room(maxClients, time);
        this.time = time;
        store.onForgotten(
                (route, client) -> of(route).ifPresent(known -> known.limit().forgetHere(client)));
    }

    /** Starts the store. */
    void start() {
        store.start();
    }

    /** Takes over the routes, before requests meet them. */
    private synchronized void changed(Routes.Change change) {
        RouteTable after = change.after();
        Map<List<Limit>, LimitHeaders> headers = new HashMap<>(); // routes with the same limits share them
        byName.values().forEach(known -> headers.put(known.limits(), known.headers()));
        Map<String, RouteLimits> next = new TreeMap<>();
        for (Route route : after.all()) {
            RouteLimits limits = limits(route, headers);
            next.put(route.name(), limits);
            byRoute.put(route, limits);
        }
        byName = next;
        Set<Route> used = new HashSet<>(after.all());
        used.addAll(change.before().all()); // requests on their way here have found these
        byRoute.keySet().retainAll(used);
    }

    private RouteLimits limits(Route route, Map<List<Limit>, LimitHeaders> headers) {
        RouteLimits known = byName.get(route.name());
        List<Limit> limits = route.config().limits().stream().distinct().toList();
        if (known != null && known.limits().equals(limits)) {
            return known;
        }
        Counts counts = known == null ? new Counts() : known.counts();
        if (limits.isEmpty()) {
            return new RouteLimits(route.name(), new Unlimited(), null, counts);
        }
        return new RouteLimits(
                route.name(),
                store.limit(route.name(), memory(route.name(), limits)),
                headers.computeIfAbsent(limits, any -> new LimitHeaders(limits, time)),
                counts);
    }

    private MemoryLimit memory(String route, List<Limit> limits) {
        List<SlidingWindow> parts = CountedBy.of(limits).stream()
                .map(kind -> new SlidingWindow(limits, kind, table(route, kind), time))
                .toList();
        return parts.size() == 1 ? parts.get(0) : new JointLimit(limits, parts, time);
    }

    private Windows table(String route, CountedBy kind) {
        return tables.computeIfAbsent(route, any -> new HashMap<>())
                .computeIfAbsent(kind, any -> new Windows(room, time));
    }

    /** Forgets the counts of what is gone: not before the change has taken effect, since until then requests meet it. */
    private synchronized void dropUnused() {
        tables.entrySet().removeIf(route -> {
            RouteLimits left = byName.get(route.getKey());
            route.getValue().entrySet().removeIf(table -> {
                boolean unused = left == null || !left.kinds().contains(table.getKey());
                if (unused) {
                    table.getValue().close();
                }
                return unused;
            });
            return route.getValue().isEmpty();
        });
    }

    /** Returns the limits of a request's route. */
    RouteLimits of(Route route) {
        RouteLimits known = byRoute.get(route);
        return known != null ? known : byName.getOrDefault(route.name(), none); // the routes have changed twice since
    }

    /** Returns the limits of the route with this name; empty if there is no such route. */
    public Optional<RouteLimits> of(String route) {
        return Optional.ofNullable(byName.get(route));
    }

    /** Returns the limits of all routes, by name. */
    public List<RouteLimits> all() {
        return List.copyOf(byName.values());
    }

    /** Returns the limits of the default route or, if there is none, of the first by name. */
    public RouteLimits usual() {
        Map<String, RouteLimits> all = byName;
        RouteLimits byDefault = all.get(RouteConfig.DEFAULT);
        return byDefault != null ? byDefault : all.values().stream().findFirst().orElse(none);
    }

    /** Returns the state of the store that gateways share; empty if there is none, or if no route has had a limit yet. */
    public Optional<Sharing> sharing() {
        return store.sharing();
    }

    /** Returns how many clients, and values of headers, this gateway remembers for all limits together. */
    public int clients() {
        return room.count();
    }

    /** Forgets idle clients. To be called regularly. */
    void forgetIdle() {
        room.sweep();
    }

    /** Closes the store. */
    @Override
    public void close() {
        store.close();
    }
}
