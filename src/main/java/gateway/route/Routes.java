package gateway.route;

import gateway.balance.Selection;
import gateway.http.Preflight;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.ServiceList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes in use. They come from two sources: the file or, if there is none, the one default route; and what
 * operators put by the API. Each change publishes a new {@link RouteTable}; requests read it without a lock. A route
 * whose configuration stays the same stays the same object, with all that is known of its services and clients.
 */
public final class Routes {
    /** Where a route's configuration comes from. */
    public enum Source {
        /** There is none of another source. */
        BUILT_IN,
        /** The file of GATEWAY_ROUTES. */
        FILE,
        /** An operator put it by the API. */
        API
    }

    /** A change of the routes. */
    public record Change(RouteTable before, RouteTable after) {}

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    private final ServiceList services;
    private final Function<RouteConfig, Selection> selections;
    private final Predicate<Request> aside;
    private final OwnPaths ownPaths;
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Change>> followers = new CopyOnWriteArrayList<>();
    private final SortedMap<String, RouteConfig> given = new TreeMap<>(); // guarded by this
    private final SortedMap<String, RouteConfig> put = new TreeMap<>(); // guarded by this
    private Set<String> hidden = Set.of(); // of those that were put, these aren't in use; guarded by this
    private Source givenBy = Source.BUILT_IN; // guarded by this
    private volatile RouteTable coming; // the same as the table but while a change is prepared
    private volatile RouteTable table;

    /**
     * Begins with one route.
     *
     * @param selections makes what chooses a service, for each route
     * @param ownPaths the gateway's own paths where they go before routes
     * @param aside selects the requests that no route takes, whatever their path: those at the admin port
     */
    public Routes(
            RouteConfig only,
            ServiceList services,
            Function<RouteConfig, Selection> selections,
            OwnPaths ownPaths,
            Predicate<Request> aside) {
        this.aside = aside;
        this.services = services;
        this.selections = selections;
        this.ownPaths = ownPaths;
        this.table = new RouteTable(List.of(), ownPaths);
        this.coming = table;
        given(List.of(only), Source.BUILT_IN);
    }

    /** Adds a listener, called under the lock of the routes before a change takes effect, and now for what there is. */
    public synchronized void onChange(Consumer<Change> listener) {
        listeners.add(listener);
        listener.accept(new Change(new RouteTable(List.of(), ownPaths), table));
    }

    /** Adds a listener, called under the lock of the routes after a change has taken effect. */
    public void afterChange(Consumer<Change> listener) {
        followers.add(listener);
    }

    /** Returns the routes as they are now. */
    public RouteTable table() {
        return table;
    }

    /** Returns a sentence for each route that gets none of the requests that it matches, or not all. */
    public List<String> unreachable() {
        return Unreachable.words(table.all().stream().map(Route::config).toList(), ownPaths);
    }

    /** Returns where a route comes from; meaningless if there is none with this name. */
    public synchronized Source sourceOf(String name) {
        return given.containsKey(name) && !(givenBy == Source.BUILT_IN && put.containsKey(name)) ? givenBy : Source.API;
    }

    /** Takes the routes of the file in place of those that it had before. */
    public void file(List<RouteConfig> routes) {
        given(routes, Source.FILE);
    }

    private synchronized void given(List<RouteConfig> routes, Source source) {
        given.clear();
        routes.forEach(route -> given.put(route.name(), route));
        givenBy = source;
        publish();
    }

    /**
     * Takes a route from the API, in place of one with the same name from there or of the built-in one.
     *
     * @throws RouteConflict if the file has a route with this name, or another route matches the same
     */
    public synchronized void put(RouteConfig route) {
        checkNotOfFile(route.name());
        for (Route other : table.all()) {
            if (!other.name().equals(route.name()) && other.config().match().equals(route.match())) {
                throw new RouteConflict("The route " + other.name()
                        + " matches the same requests; change its match, delete it, or use its name");
            }
        }
        put.put(route.name(), route);
        publish();
    }

    /** Takes these routes as all that come from the API. */
    public synchronized void putAll(List<RouteConfig> routes) {
        put.clear();
        routes.forEach(route -> put.put(route.name(), route));
        publish();
    }

    /**
     * Removes a route that came from the API; if it has replaced the built-in one, that is back.
     *
     * @return whether there is one with this name
     * @throws RouteConflict if it didn't come from the API
     */
    public synchronized boolean remove(String name) {
        checkNotOfFile(name);
        boolean removed = put.remove(name) != null;
        if (removed) {
            publish();
        } else if (given.containsKey(name)) {
            throw new RouteConflict("The route " + name + " is built in: it is there as long as GATEWAY_ROUTES names no"
                    + " file; PUT /routes/" + name + " replaces it");
        }
        return removed;
    }

    private void checkNotOfFile(String name) {
        if (givenBy == Source.FILE && given.containsKey(name)) {
            throw new RouteConflict("The route " + name + " comes from the file of GATEWAY_ROUTES; change it there");
        }
    }

    private void publish() {
        Precedence chosen = Precedence.of(given, givenBy, put);
        chosen.hidden().forEach((name, why) -> {
            if (!hidden.contains(name)) {
                LOG.warn("the route {}, which came by the API, is not in use: {}", name, why);
            }
        });
        hidden = Set.copyOf(chosen.hidden().keySet());
        List<Route> routes = new ArrayList<>();
        chosen.used().forEach(config -> routes.add(route(config)));
        RouteTable next = new RouteTable(routes, ownPaths);
        Change change = new Change(table, next);
        coming = next;
        listeners.forEach(listener -> listener.accept(change));
        table = next;
        followers.forEach(follower -> follower.accept(change));
    }

    private Route route(RouteConfig config) {
        Route known = table.get(config.name());
        return known != null && known.config().equals(config)
                ? known
                : new Route(config, services.pool(config.name()), selections.apply(config));
    }

    /** Returns the route that takes a request; null if none does. */
    public Route match(Request request) {
        String path = request.getHttpURI().getPath();
        if (path == null || aside.test(request)) {
            return null;
        }
        String method = request.getMethod();
        if (Preflight.isOne(method, request.getHeaders())) { // it belongs to the request to come
            method = request.getHeaders().get(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD);
        }
        return table.match(method, request.getHttpURI().getHost(), path);
    }

    /** Returns how a service is checked: as it said itself, or as its route says, or will say when it takes effect. */
    public HealthCheck healthCheck(Backend backend) {
        if (backend.health().isPresent()) {
            return backend.health().get();
        }
        Route route = coming.get(backend.route());
        return route == null ? HealthCheck.USUAL : route.config().health();
    }

    /**
     * Returns the name of the route for a service that registers without naming one: the default route or, if there is
     * no such, the only one; null if there are several.
     */
    public String usual() {
        Route usual = table.usual();
        return usual == null ? null : usual.name();
    }
}
