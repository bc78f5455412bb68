package gateway.route;

import gateway.balance.Selection;
import gateway.http.PathPrefix;
import gateway.registry.Backend;
import gateway.registry.Pool;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * A route in use: its configuration, and the services from which one is chosen. A route whose configuration changes is
 * another object, with the same pool.
 */
public final class Route {
    /** The request attribute that holds the route of a request for a service. */
    public static final String ATTRIBUTE = "gateway.route";

    /** Names the strategy that chose the backend, in each answer. */
    public static final String BALANCER_HEADER = "X-Load-Balancer";

    private final RouteConfig config;
    private final Pool pool;
    private final Selection selection;
    private final HttpField balancerHeader;

    Route(RouteConfig config, Pool pool, Selection selection) {
        this.config = config;
        this.pool = pool;
        this.selection = selection;
        this.balancerHeader =
                new PreEncodedHttpField(BALANCER_HEADER, selection.balancer().name());
    }

    /** Returns the route's name. */
    public String name() {
        return config.name();
    }

    /** Returns what the route is to do. */
    public RouteConfig config() {
        return config;
    }

    /** Returns the part of the path by which the route is found. */
    public PathPrefix path() {
        return config.match().path();
    }

    /** Returns the path that services get for this raw path of a request. */
    public String pathForService(String path) {
        return config.strip() ? path().strip(path) : path;
    }

    /** Returns what clients' paths begin with where services' paths don't: empty unless the prefix is cut off. */
    public String mount() {
        return config.strip() ? path().text() : "";
    }

    /** Returns the services of the route. */
    public Pool pool() {
        return pool;
    }

    /** Returns what answers may call a service of the route; null if they may not tell one from another. */
    public String nameInAnswers(Backend backend) {
        return config.serviceHeader() == RouteConfig.ServiceHeader.OFF ? null : backend.name();
    }

    /** Returns what chooses a service for a request. */
    public Selection selection() {
        return selection;
    }

    /** Returns {@link #BALANCER_HEADER} for this route, as bytes. */
    public HttpField balancerHeader() {
        return balancerHeader;
    }

    @Override
    public String toString() {
        return config.name();
    }
}
