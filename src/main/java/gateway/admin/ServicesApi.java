package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.admin.view.ServiceView;
import gateway.admin.view.Wording;
import gateway.admission.Pace;
import gateway.balance.Balancer;
import gateway.health.HealthChecker;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.limit.RateLimit;
import gateway.net.AddressPolicy;
import gateway.registry.Backend;
import gateway.registry.Draining;
import gateway.registry.ListFull;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.registry.ServiceList.Meant;
import gateway.registry.ServiceList.Outcome;
import gateway.trace.Trace;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The list of services: shows, registers, drains and deregisters them. */
public final class ServicesApi {
    private static final Logger LOG = LoggerFactory.getLogger(ServicesApi.class);

    private static final String SESSIONS = "sessions";
    private static final String STAY = "stay";
    private static final String MOVE = "move";

    private final ServiceList services;
    private final HealthChecker checker;
    private final Balancer balancer;
    private final RateLimit limit;
    private final Pace pace;
    private final RegistrationForm form;
    private final Time time;

    /**
     * @param addresses decides which URLs services may have
     * @param pace limits registrations and renewals
     * @param defaultLease the meaning of {@code "lease":"default"}
     */
    public ServicesApi(
            ServiceList services,
            HealthChecker checker,
            Balancer balancer,
            RateLimit limit,
            AddressPolicy addresses,
            Pace pace,
            Duration defaultLease,
            Time time) {
        this.services = services;
        this.checker = checker;
        this.balancer = balancer;
        this.limit = limit;
        this.pace = pace;
        this.form = new RegistrationForm(defaultLease, addresses);
        this.time = time;
    }

    /** Answers {@code GET /services}. */
    public void list(Context ctx) {
        Summary summary = Summary.of(services);
        List<ServiceView> views = services.all().stream()
                .map(backend -> ServiceView.of(backend, time.nanos()))
                .toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total_services", summary.totalServices());
        answer.put("healthy_services", summary.healthyServices());
        answer.put("services", views);
        answer.put("load_balancing", balancer.name());
        answer.put("rate_limiting", Wording.rateLimit(limit));
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    /** Answers {@code GET /services/{name}}: the service, and all its instances if it has several. */
    public void get(Context ctx) throws IOException {
        List<Backend> instances = services.instances(ctx.pathParam("name"), instance(ctx));
        if (instances.isEmpty()) {
            unknown(ctx);
            return;
        }
        ctx.json(view(instances));
    }

    /**
     * Answers {@code DELETE /services/{name}}: the service gets no more requests; those under way finish. With {@code
     * ?instance=}, as a service's own deregistration has it, this holds for that instance alone.
     */
    public void delete(Context ctx) throws IOException {
        List<Backend> removed = services.remove(ctx.pathParam("name"), instance(ctx));
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
        List<Backend> instances =
                services.drain(new Meant(Optional.empty(), ctx.pathParam("name"), instance(ctx)), draining);
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
        ctx.json(view(instances));
    }

    /** Returns the instance that the request means, by its id or URL; empty for all. */
    private static Optional<String> instance(Context ctx) {
        return Optional.ofNullable(ctx.queryParam("instance")).map(Service::instanceId);
    }

    private void unknown(Context ctx) throws IOException {
        String what = instance(ctx)
                .map(id -> "No instance " + id + " of a service " + ctx.pathParam("name") + " is in the list")
                .orElse("No service is called " + ctx.pathParam("name"));
        ProblemType.UNKNOWN_SERVICE.problem(what + "; GET /services lists all").send(ctx.req(), ctx.res());
    }

    /**
     * Answers {@code POST /services}: adds, renews or moves an instance of a service. A new one is checked at once, and
     * the answer has the result.
     */
    public void register(Context ctx) throws IOException {
        if (!pace.allows()) {
            ctx.res().setHeader("Retry-After", "1");
            ProblemType.TOO_MANY_REGISTRATIONS
                    .problem("The gateway accepts " + pace.perSecond()
                            + " registrations and renewals a second; try again")
                    .send(ctx.req(), ctx.res());
            return;
        }
        byte[] body = RegistrationBody.read(ctx);
        if (body == null) {
            return;
        }
        try {
            register(ctx, form.read(body, ownPorts(ctx)));
        } catch (RegistrationForm.Invalid e) {
            ProblemType.INVALID_REGISTRATION
                    .problem(e.getMessage())
                    .with("errors", e.errors())
                    .send(ctx.req(), ctx.res());
        } catch (ListFull e) {
            ProblemType.TOO_MANY_SERVICES
                    .problem(e.getMessage() + "; remove one, or set GATEWAY_MAX_SERVICES")
                    .send(ctx.req(), ctx.res());
        }
    }

    /** Returns all ports on which the gateway listens. Not the request's port, which may come from a proxy's header. */
    private static Set<Integer> ownPorts(Context ctx) {
        Connector connector = ServletContextRequest.getServletContextRequest(ctx.req())
                .getConnectionMetaData()
                .getConnector();
        return Arrays.stream(connector.getServer().getConnectors())
                .filter(NetworkConnector.class::isInstance)
                .map(any -> ((NetworkConnector) any).getLocalPort())
                .collect(Collectors.toSet());
    }

    private void register(Context ctx, Service service) {
        ServiceList.Registered registered = services.register(service);
        Backend backend = registered.backend();
        if (registered.outcome() == Outcome.RENEWED) {
            Trace.of(ctx.req()).routine();
            checkSoonIfOut(backend);
        } else {
            RegistrationNote.log(registered, services);
            checker.check(backend);
        }
        ctx.status(registered.outcome() == Outcome.ADDED ? 201 : 200);
        ctx.header("Location", "/services/" + backend.name());
        ctx.json(new Answer(
                registered.outcome().name().toLowerCase(Locale.ROOT),
                RegistrationNote.of(registered, services),
                ServiceView.of(backend, time.nanos())));
    }

    /** Makes the next check due at once: a service that renews its lease is probably back. */
    private void checkSoonIfOut(Backend backend) {
        if (!backend.available()) {
            backend.vitals().nextCheck(time.nanos());
        }
    }

    /**
     * Returns a service by one of its instances, the first that gets requests, and all of them if there are several.
     *
     * @param instances at least one
     */
    private Instances view(List<Backend> instances) {
        List<ServiceView> views = instances.stream()
                .map(backend -> ServiceView.of(backend, time.nanos()))
                .toList();
        Backend first =
                instances.stream().filter(Backend::available).findFirst().orElse(instances.get(0));
        return new Instances(views.get(instances.indexOf(first)), views.size() > 1 ? views : null);
    }

    /** A service with all its instances; these are null if there is only one. */
    private record Instances(
            @JsonUnwrapped ServiceView service,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<ServiceView> instances) {}

    /** The answer to a registration: its effect, what else follows from it, then the instance as it is now. */
    private record Answer(
            String outcome,
            @JsonInclude(JsonInclude.Include.NON_NULL) String note,
            @JsonUnwrapped ServiceView service) {}
}
