package gateway.route;

import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.util.Time;
import gateway.util.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the services that the routes' configurations list in the service list. Those that stay keep their health, their
 * counts and their connections. It makes before it breaks: new ones are checked before a change of the routes takes
 * effect, and one that is no longer listed serves until another of its route can, for {@link #LONGEST} at most.
 */
public final class RouteServices {
    /** How long a service that is no longer listed stays if no other of its route is healthy. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** How long a change of the routes waits for the first checks of new services. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int MOST_NAMES = 10;
    private static final Duration LIST_AGAIN = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Logger LOG = LoggerFactory.getLogger(RouteServices.class);

    private final Routes routes;
    private final ServiceList services;
    private final Consumer<List<Backend>> checks;
    private final Time time;
    private final Map<Backend, Long> unlisted = new HashMap<>(); // since when; guarded by this
    private long listedAgain; // guarded by this
    private volatile boolean started;

    /** @param checks checks backends, and waits for the results for a while */
    public RouteServices(Routes routes, ServiceList services, Consumer<List<Backend>> checks, Time time) {
        this.routes = routes;
        this.services = services;
        this.checks = checks;
        this.time = time;
        this.listedAgain = time.nanos();
    }

    /** Adds the services that are listed now, unchecked, and from now on follows the routes. */
    public void start(Timer timer) {
        routes.onChange(this::comes);
        routes.afterChange(this::changed);
        started = true;
        timer.every(PAUSE, "services that routes no longer list", this::tick);
    }

    private void comes(Routes.Change change) {
        Set<Backend> unchecked = new HashSet<>(services.configure(listed(change.after())));
        change.after().all().stream()
                .filter(route -> change.before().get(route.name()) == null)
                .forEach(route -> unchecked.addAll(route.pool().snapshot().all()));
        if (started && !unchecked.isEmpty()) {
            unchecked.removeIf(new KnownHealth(services, change)::admits);
            checks.accept(List.copyOf(unchecked));
        }
    }

    private static List<Service> listed(RouteTable table) {
        return of(table.all().stream().map(Route::config).toList());
    }

    /** Returns the services that these routes list. */
    public static List<Service> of(List<RouteConfig> routes) {
        return routes.stream()
                .flatMap(route -> route.services().stream()
                        .map(entry -> Service.configured(route.name(), entry.url(), Optional.of(entry.weight()))))
                .toList();
    }

    private synchronized void changed(Routes.Change change) {
        Set<Object> listed = listed(change.after()).stream().map(Service::id).collect(Collectors.toSet());
        unlisted.keySet().removeIf(backend -> listed.contains(backend.id()));
        services.all().stream()
                .filter(backend -> backend.configured() && !listed.contains(backend.id()))
                .forEach(backend -> unlisted.putIfAbsent(backend, time.nanos()));
        List<Route> gone = change.before().all().stream()
                .filter(route -> change.after().get(route.name()) == null)
                .toList();
        // First, so that requests that have found the route already still find its services in the pool that they hold
        gone.forEach(route -> services.forgetPool(route.name()));
        tick();
        if (!unlisted.isEmpty()) {
            LOG.warn(
                    "no longer listed, but serving on until another service of the route is healthy: {}",
                    some(unlisted.keySet()));
        }
        gone.forEach(this::warnOfThoseLeft);
    }

    private void warnOfThoseLeft(Route gone) {
        List<Backend> left = services.all().stream()
                .filter(backend -> backend.route().equals(gone.name()))
                .toList();
        if (!left.isEmpty()) {
            LOG.warn("the route {} is no more: no requests for {}, until it is back", gone, some(left));
        }
    }

    private static String some(Collection<Backend> backends) {
        int more = backends.size() - MOST_NAMES;
        return backends.stream()
                        .map(Backend::toString)
                        .sorted()
                        .limit(MOST_NAMES)
                        .collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /**
     * Removes the services that are no longer listed and no longer needed, and lists again those that are missing: a
     * service that had registered itself with such a URL stood in its place, and has left.
     */
    synchronized void tick() {
        long now = time.nanos();
        if (started && now - listedAgain >= LIST_AGAIN.toNanos()) {
            listedAgain = now;
            services.configure(listed(routes.table()));
        }
        if (!unlisted.isEmpty()) {
            Set<Backend> over = unlisted.keySet().stream().filter(this::isOver).collect(Collectors.toSet());
            services.removeConfigured(over::contains);
            unlisted.keySet().removeAll(over);
        }
    }

    private boolean isOver(Backend backend) {
        return !backend.available()
                || routes.table().get(backend.route()) == null
                || time.nanos() - unlisted.get(backend) >= LONGEST.toNanos()
                || services.pool(backend.route()).snapshot().available().stream()
                        .anyMatch(other -> !unlisted.containsKey(other));
    }
}
