package gateway.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.admin.view.RouteView;
import gateway.http.ProblemType;
import gateway.net.AddressPolicy;
import gateway.registry.Service;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.route.RouteConflict;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.route.config.InvalidRoutes;
import gateway.route.config.PutRoutes;
import gateway.route.config.RouteReader;
import gateway.route.config.RouteWriter;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes: shows all, and lets operators read, put and delete each, in the form that it has in a file of routes. */
final class RoutesApi {
    private static final Logger LOG = LoggerFactory.getLogger(RoutesApi.class);
    private static final int MOST_ERRORS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Routes routes;
    private final PutRoutes put;
    private final RouteDefaults defaults;
    private final RouteWriter writer;
    private final AddressPolicy addresses;
    private final Time time;

    /**
     * @param put takes what operators put
     * @param defaults what holds where a route says nothing
     * @param addresses decides which URLs the services that routes list may have
     */
    RoutesApi(Routes routes, PutRoutes put, RouteDefaults defaults, AddressPolicy addresses, Time time) {
        this.routes = routes;
        this.put = put;
        this.defaults = defaults;
        this.writer = new RouteWriter(defaults);
        this.addresses = addresses;
        this.time = time;
    }

    /**
     * Answers {@code GET /routes}: all routes, without what may be a secret: the values of headers that they set, and
     * the queries of health checks.
     */
    void list(Context ctx) {
        List<RouteView> views = routes.table().all().stream()
                .map(route -> RouteView.of(route, routes.sourceOf(route.name()), writer.json(route.config())))
                .toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total_routes", views.size());
        answer.put("routes", views);
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    /** Answers {@code GET /routes/{name}}: the route as it can be put. */
    void get(Context ctx) throws IOException {
        Route route = routes.table().get(ctx.pathParam("name"));
        if (route == null) {
            unknown(ctx);
            return;
        }
        ctx.json(writer.json(route.config()));
    }

    /** Answers {@code PUT /routes/{name}}: adds the route, or replaces the one with this name that was put before. */
    void put(Context ctx) throws IOException {
        String name = ctx.pathParam("name");
        if (!Service.isName(name)) {
            invalid(ctx, List.of(new RouteError("name", null, null, name + " must be " + Service.NAME_FORM)));
            return;
        }
        byte[] body = JsonBody.read(ctx, "route");
        if (body == null) {
            return;
        }
        Set<Integer> ports = OwnPorts.of(ctx);
        try {
            RouteConfig route = new RouteReader(defaults, url -> addresses.objection(url, ports)).route(name, body);
            boolean isNew = put.put(JSON.readTree(body).toString(), route, Caller.operator(ctx));
            LOG.info("the route {} was {}", name, isNew ? "added" : "replaced");
            routes.unreachable().forEach(LOG::warn);
            ctx.status(isNew ? 201 : 200);
            ctx.header("Location", "/routes/" + name);
            ctx.json(writer.json(route));
        } catch (InvalidRoutes e) {
            invalid(
                    ctx,
                    e.problems().stream().limit(MOST_ERRORS).map(RouteError::of).toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read as JSON is JSON", e);
        } catch (RouteConflict e) {
            conflict(ctx, e);
        } catch (PutRoutes.Full e) {
            ProblemType.TOO_MANY_ROUTES
                    .problem("There are " + PutRoutes.MOST
                            + " routes by the API already; delete one, or write routes into a file, for GATEWAY_ROUTES")
                    .send(ctx.req(), ctx.res());
        }
    }

    /**
     * Answers {@code DELETE /routes/{name}}: the route takes no more requests, and those under way finish. The services
     * that it lists leave; those that registered for it stay in the list until their leases end.
     */
    void delete(Context ctx) throws IOException {
        String name = ctx.pathParam("name");
        try {
            if (!put.remove(name, Caller.operator(ctx))) {
                unknown(ctx);
                return;
            }
        } catch (RouteConflict e) {
            conflict(ctx, e);
            return;
        }
        LOG.info("the route {} was deleted", name);
        ctx.status(204);
        ctx.res().setContentType(null);
    }

    private void unknown(Context ctx) throws IOException {
        RouteChoice.unknown(ctx.pathParam("name"), routes.table()).send(ctx.req(), ctx.res());
    }

    private static void conflict(Context ctx, RouteConflict conflict) throws IOException {
        ProblemType.ROUTE_CONFLICT.problem(conflict.getMessage()).send(ctx.req(), ctx.res());
    }

    private static void invalid(Context ctx, List<RouteError> errors) throws IOException {
        StringBuilder words = new StringBuilder();
        errors.forEach(error -> words.append(words.isEmpty() ? "" : "; ").append(error));
        ProblemType.INVALID_ROUTE
                .problem(words.toString())
                .with("errors", errors)
                .send(ctx.req(), ctx.res());
    }
}
