package gateway.route.config;

import gateway.events.EventListener;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.OwnPaths;
import gateway.route.RouteDefaults;
import gateway.route.RouteServices;
import gateway.route.Routes;
import gateway.route.Selections;
import gateway.settings.Settings;
import gateway.util.Time;
import gateway.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;

/**
 * The routes in use and where they come from: the file of GATEWAY_ROUTES, the API, or else the one that is built in. The
 * services that the file, the API and GATEWAY_SERVICES name are in the list from {@link #start} on.
 */
public final class Routing implements AutoCloseable {
    private final Settings settings;
    private final ServiceList services;
    private final Routes routes;
    private final Optional<RoutesWatch> file;
    private final PutRoutes put;
    private final Time time;

    /**
     * Reads the file, if there is one.
     *
     * @param index of the default route's round robin
     * @param atAdminPort selects the requests that no route takes, whatever their path
     * @param events is told when the routes change
     * @throws gateway.settings.InvalidSettings if the file can't be read, or something in it can't be used
     */
    public Routing(
            Settings settings,
            ServiceList services,
            AtomicInteger index,
            Predicate<Request> atAdminPort,
            EventListener events,
            Time time) {
        this.settings = settings;
        this.services = services;
        this.time = time;
        this.routes = new Routes(
                RouteDefaults.of(settings).only(),
                services,
                new Selections(index, settings.stickySecret(), time),
                new OwnPaths(settings.access().port().isEmpty()),
                atAdminPort);
        this.file = settings.routes().map(path -> new RoutesWatch(new RoutesFile(path, settings), routes, events));
        this.put = new PutRoutes(routes, settings, events);
    }

    /** Returns the routes in use. */
    public Routes routes() {
        return routes;
    }

    /** Returns the routes that operators put by the API. */
    public PutRoutes put() {
        return put;
    }

    /**
     * Adds the services that are listed, unless they are there already, and from now on follows the file and the routes.
     *
     * @param checks checks new services, and waits for the results for as long as it is given
     */
    public void start(Timer timer, BiConsumer<List<Backend>, Duration> checks) {
        new RouteServices(routes, services, backends -> checks.accept(backends, RouteServices.PATIENCE), time)
                .start(timer);
        file.ifPresent(watch -> watch.start(timer));
        if (file.isEmpty()) { // else the file's routes have them
            settings.services().forEach(url -> services.offer(Service.configured(url)));
        }
    }

    @Override
    public void close() {
        file.ifPresent(RoutesWatch::close);
    }
}
