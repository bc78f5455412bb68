package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.admin.view.ServiceDetails;
import gateway.admin.view.ServiceView;
import gateway.admin.view.Wording;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.limit.Limits;
import gateway.registry.Backend;
import gateway.registry.Draining;
import gateway.registry.Meant;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.Routes;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The list of services: shows, drains and deregisters them. {@link RegistrationApi} adds to it. */
public final class ServicesApi {
    private static final Logger LOG = LoggerFactory.getLogger(ServicesApi.class);

    private static final String SESSIONS = "sessions";
    private static final String STAY = "stay";
    private static final String MOVE = "move";

    private final ServiceList services;
    private final Routes routes;
    private final Limits limits;
    private final AfterRestart afterRestart;
    private final Time time;

    ServicesApi(ServiceList services, Routes routes, Limits limits, AfterRestart afterRestart, Time time) {
        this.services = services;
        this.routes = routes;
        this.limits = limits;
        this.afterRestart = afterRestart;
        this.time = time;
    }

    /** Answers {@code GET /services}: all services or, with {@code ?route=}, those of a route. */
    public void list(Context ctx) throws IOException {
        String route = ctx.queryParam("route");
        List<Backend> listed = route == null
                ? services.all()
                : services.all().stream()
                        .filter(backend -> backend.route().equals(route))
                        .toList();
        if (route != null && listed.isEmpty() && routes.table().get(route) == null) {
            RouteChoice.unknown(route, routes.table()).send(ctx.req(), ctx.res());
            return;
        }
        Summary summary = Summary.of(listed);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total_services", summary.totalServices());
        answer.put("healthy_services", summary.healthyServices());
        answer.put(
                "services",
                listed.stream()
                        .map(backend -> ServiceView.of(backend, time.nanos()))
                        .toList());
        answer.put("load_balancing", Wording.balancing(routes.table(), route));
        answer.put("rate_limiting", Wording.rateLimit(limits.usual().limit()));
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    /** Answers {@code GET /services/{name}}: the service with all details, and all its instances if it has several. */
    public void get(Context ctx) throws IOException {
        List<Backend> instances = services.instances(meant(ctx));
        if (instances.isEmpty()) {
            unknown(ctx);
            return;
        }
        ctx.json(view(instances, ServiceDetails::of, null));
    }

    /**
     * Answers {@code DELETE /services/{name}}: the service gets no more requests; those under way finish. With {@code
     * ?instance=}, as a service's own deregistration has it, this holds for that instance alone. What a route lists
     * can't be removed here, since it would be back at once.
     */
    public void delete(Context ctx) throws IOException {
        List<Backend> listed = services.instances(meant(ctx)).stream()
                .filter(Backend::configured)
                .toList();
        if (!listed.isEmpty()) {
            ProblemType.ROUTE_CONFLICT
                    .problem("The route " + listed.get(0).route() + " lists "
                            + listed.get(0).urlText() + " itself: take it out there, or drain it")
                    .send(ctx.req(), ctx.res());
            return;
        }
        List<Backend> removed = services.remove(meant(ctx), Caller.deregistering(ctx, services.instances(meant(ctx))));
        if (removed.isEmpty()) {
            unknown(ctx);
            return;
        }
        removed.forEach(backend -> LOG.info("{} left the list: it was deregistered", backend));
        ctx.status(204);
        ctx.res().setContentType(null);
    }

    /**
     * Answers {@code POST /services/{name}/drain}: the service, or with {@code ?instance=} that instance, gets no more
     * requests but stays in the list; those under way finish. With {@code ?sessions=move} neither do the clients that a
     * cookie binds to it stay there.
     */
    public void drain(Context ctx) throws IOException {
        String sessions = Objects.requireNonNullElse(ctx.queryParam(SESSIONS), STAY);
        if (!sessions.equals(STAY) && !sessions.equals(MOVE)) {
            Problem.badRequest("sessions=" + sessions
                            + ": expected stay or move, for the clients that a cookie binds to the service")
                    .send(ctx.req(), ctx.res());
            return;
        }
        drain(ctx, sessions.equals(MOVE) ? Draining.MOVING_SESSIONS : Draining.KEEPING_SESSIONS);
    }

    /** Answers {@code POST /services/{name}/resume}: ends the drain. */
    public void resume(Context ctx) throws IOException {
        drain(ctx, Draining.NO);
    }

    private void drain(Context ctx, Draining draining) throws IOException {
        List<Backend> instances = services.drain(meant(ctx), draining, Caller.operator(ctx));
        if (instances.isEmpty()) {
            unknown(ctx);
            return;
        }
        String words = switch (draining) {
            case NO -> "gets requests again";
            case KEEPING_SESSIONS -> "is draining: it gets no more requests";
            case MOVING_SESSIONS -> "is draining: it gets no more requests, and clients that are bound to it move";
        };
        instances.forEach(backend -> LOG.info("{} {}", backend, words));
        ctx.json(view(instances, ServiceView::of, afterRestart.of(draining)));
    }

    /** Returns the instances that the request means: those in the route and with the id or URL that it names. */
    private static Meant meant(Context ctx) {
        return new Meant(
                Optional.ofNullable(ctx.queryParam("route")),
                ctx.pathParam("name"),
                Optional.ofNullable(ctx.queryParam("instance")).map(Service::instanceId));
    }

    private static void unknown(Context ctx) throws IOException {
        Meant meant = meant(ctx);
        String route = meant.route().map(name -> " in the route " + name).orElse("");
        String what = meant.instance()
                .map(id -> "No instance " + id + " of a service " + meant.name() + " is in the list" + route)
                .orElse("No service is called " + meant.name() + route);
        ProblemType.UNKNOWN_SERVICE.problem(what + "; GET /services lists all").send(ctx.req(), ctx.res());
    }

    /**
     * Returns a service by one of its instances, the first that gets requests, and all of them if there are several.
     *
     * @param instances at least one
     * @param of describes an instance at a time, nanoseconds
     * @param forgotten what a restart of the gateway forgets; null for nothing
     */
    private <T> Instances<T> view(List<Backend> instances, BiFunction<Backend, Long, T> of, String forgotten) {
        List<T> views = instances.stream()
                .map(backend -> of.apply(backend, time.nanos()))
                .toList();
        Backend first =
                instances.stream().filter(Backend::available).findFirst().orElse(instances.get(0));
        return new Instances<>(views.get(instances.indexOf(first)), views.size() > 1 ? views : null, forgotten);
    }

    /**
     * A service with all its instances.
     *
     * @param instances null if there is only one
     * @param afterRestart what a restart of the gateway forgets; null for nothing
     */
    private record Instances<T>(
            @JsonUnwrapped T service,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<T> instances,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("after_restart")
            String afterRestart) {}
}
