package gateway.testing;

import gateway.http.PathPrefix;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.OwnPaths;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.route.Selections;
import gateway.settings.Settings;
import gateway.util.Time;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.Request;

/** Routes for tests of single parts. */
public final class TestRoutes {
    private TestRoutes() {}

    /** Returns the routes that are there when none is given: {@code /api} to all services of this list. */
    public static Routes usual(ServiceList services) {
        return of(services, only -> only);
    }

    /** Returns the usual route changed by the edit. */
    public static Routes of(ServiceList services, UnaryOperator<RouteConfig> edit) {
        RouteConfig only = edit.apply(RouteDefaults.of(Settings.from(Map.of())).only());
        return new Routes(
                only,
                services,
                new Selections(new AtomicInteger(), Optional.empty(), Time.system()),
                new OwnPaths(true),
                request -> false);
    }

    /** Returns what finds the route of a request: {@code /api} to no service. */
    public static Function<Request, Route> finder() {
        return usual(new ServiceList(Time.system()))::match;
    }

    /** Returns the usual route, to no service. */
    public static Route route() {
        return usual(new ServiceList(Time.system())).table().get(RouteConfig.DEFAULT);
    }

    /** Returns a route that is like the usual one but for its name, and for its path, which is that name. */
    public static RouteConfig named(String name) {
        return named(name, RouteDefaults.of(Settings.from(Map.of())).limits());
    }

    /** Returns the same with these limits. */
    public static RouteConfig named(String name, List<Limit> limits) {
        RouteConfig usual = RouteDefaults.of(Settings.from(Map.of())).only();
        return new RouteConfig(
                name,
                Match.below(new PathPrefix("/" + name)),
                usual.strip(),
                usual.services(),
                usual.balance(),
                usual.health(),
                limits,
                usual.host(),
                usual.timeout(),
                usual.retries(),
                usual.maxBody(),
                usual.cors(),
                usual.headers(),
                usual.rewritesRedirects(),
                usual.serviceHeader(),
                usual.slowStart());
    }
}
