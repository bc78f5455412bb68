package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.dashboard.LiveApi;
import gateway.admin.dashboard.LiveView;
import gateway.admin.dashboard.Pages;
import gateway.admission.AdmissionControl;
import gateway.balance.Balancer;
import gateway.cluster.Cluster;
import gateway.health.HealthChecker;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.metrics.Observation;
import gateway.net.AddressPolicy;
import gateway.net.NameLookup;
import gateway.registry.ServiceList;
import gateway.route.Routes;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.util.Time;
import io.javalin.config.RoutesConfig;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway's own API: its state, the registration of services, and what operators see and change. */
public final class AdminApi {
    private final AdminAuth auth;
    private final GatewayApi gateway;
    private final ServicesApi services;
    private final RegistrationApi registration;
    private final GatewaysApi gateways;
    private final LimitsApi limits;
    private final MetricsApi metrics;
    private final RequestsApi requests;
    private final LiveApi live;

    /**
     * @param index of the default route's round robin, for display
     * @param limiter counts what the limit let through and refused
     * @param admission bounds how many services register or renew a second
     * @param lifecycle tells whether the gateway is about to stop, and what has ended though it runs
     */
    public AdminApi(
            Settings settings,
            ServiceList services,
            Routes routes,
            HealthChecker checker,
            NameLookup names,
            AtomicInteger index,
            LimitHandler limiter,
            Cluster cluster,
            AdmissionControl admission,
            Observation observation,
            Lifecycle lifecycle,
            Time time) {
        Drain drain = lifecycle.drain();
        Balancer balancer = routes.table().all().get(0).selection().balancer();
        this.auth = new AdminAuth(settings, time);
        this.gateway = new GatewayApi(services, balancer, index, limiter, auth, lifecycle, time);
        this.services = new ServicesApi(services, routes, limiter.limits(), time);
        AddressPolicy addresses = new AddressPolicy(settings.serviceAddresses(), names, settings.healthTimeout());
        this.registration = new RegistrationApi(
                services,
                checker,
                admission.registrations(),
                new RegistrationForm(settings.lease(), addresses, routes),
                time);
        this.gateways = new GatewaysApi(cluster.members(), time);
        this.limits = new LimitsApi(limiter, auth, time);
        this.metrics = new MetricsApi(observation.metrics());
        this.requests = new RequestsApi(observation.traces());
        LiveView view = new LiveView(services, balancer, limiter, observation.outcomes(), drain, time);
        this.live = new LiveApi(view, observation, settings.bounds().viewers(), drain, time);
    }

    /** Adds the routes. Those within {@link AdminAuth#only} are for operators, all others for every client. */
    public void addTo(RoutesConfig routes) {
        ServerConfig.get(routes, "/", gateway::overview);
        ServerConfig.get(routes, "/health", gateway::health);
        ServerConfig.get(routes, "/stats", gateway::stats);
        ServerConfig.get(routes, "/metrics", auth.only(metrics::metrics));
        ServerConfig.get(routes, "/services", services::list);
        ServerConfig.get(routes, "/services/{name}", services::get);
        routes.post("/services", auth.only(registration::register));
        routes.delete("/services/{name}", auth.only(services::delete));
        routes.post("/services/{name}/drain", auth.only(services::drain));
        routes.post("/services/{name}/resume", auth.only(services::resume));
        ServerConfig.get(routes, "/gateways", gateways::list);
        ServerConfig.get(routes, "/limits/explain", limits::explain);
        ServerConfig.get(routes, "/requests/{id}", auth.only(requests::get));
        routes.get("/dashboard/events", auth.only(live::events));
        routes.head("/dashboard/events", auth.only(live::head));
        Pages.addTo(routes, auth);
    }

    /** Ends the dashboard's streams, which otherwise last as long as their viewers stay. */
    public void endStreams() {
        live.close();
    }
}
