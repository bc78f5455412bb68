package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.dashboard.LiveApi;
import gateway.admin.dashboard.LiveGateway;
import gateway.admin.dashboard.LiveView;
import gateway.admin.dashboard.Pages;
import gateway.admission.AdmissionControl;
import gateway.cluster.Cluster;
import gateway.events.EventLog;
import gateway.health.HealthChecker;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.metrics.Observation;
import gateway.net.AddressPolicy;
import gateway.net.NameLookup;
import gateway.registry.ServiceList;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.route.config.Routing;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.util.Time;
import io.javalin.config.RoutesConfig;

/** The gateway's own API: its state, the registration of services, and what operators see and change. */
public final class AdminApi {
    private final AdminAuth auth;
    private final OverviewApi overview;
    private final GatewayApi gateway;
    private final ServicesApi services;
    private final RegistrationApi registration;
    private final RoutesApi routes;
    private final GatewaysApi gateways;
    private final ConfigApi config;
    private final LimitsApi limits;
    private final MetricsApi metrics;
    private final RequestsApi requests;
    private final EventsApi events;
    private final HistoryApi history;
    private final LiveApi live;

    /**
     * @param limiter counts what the limit let through and refused
     * @param admission bounds how many services register or renew a second
     * @param lifecycle tells whether the gateway is about to stop, and what has ended though it runs
     */
    public AdminApi(
            Settings settings,
            ServiceList services,
            Routing routing,
            HealthChecker checker,
            NameLookup names,
            LimitHandler limiter,
            Cluster cluster,
            AdmissionControl admission,
            Observation observation,
            Lifecycle lifecycle,
            Time time) {
        Routes routes = routing.routes();
        Drain drain = lifecycle.drain();
        EventLog happened = observation.events();
        this.auth = new AdminAuth(settings, time);
        this.overview = new OverviewApi(services, routes, limiter.limits(), auth, drain, time);
        this.gateway = new GatewayApi(services, routes, limiter, observation.outcomes(), lifecycle, time);
        AfterRestart afterRestart = new AfterRestart(settings);
        this.services = new ServicesApi(services, routes, limiter.limits(), afterRestart, time);
        AddressPolicy addresses = new AddressPolicy(
                settings.serviceAddresses(), names, settings.health().timeout());
        this.registration = new RegistrationApi(
                services,
                checker,
                admission.registrations(),
                new RegistrationForm(settings.lease(), addresses, routes),
                afterRestart,
                time);
        this.routes = new RoutesApi(routes, routing.put(), RouteDefaults.of(settings), addresses, time);
        this.gateways = new GatewaysApi(cluster.members(), time);
        this.config = new ConfigApi(settings.environment(), observation.certificate(), time);
        this.limits = new LimitsApi(limiter, auth, time);
        this.metrics = new MetricsApi(observation.metrics());
        this.requests = new RequestsApi(observation.traces(), routes, time);
        this.events = new EventsApi(happened, time);
        this.history = new HistoryApi(observation.history(), time);
        LiveGateway self = new LiveGateway(cluster, observation.certificate(), time);
        LiveView view = new LiveView(services, routes, limiter, observation.outcomes(), happened, self, drain, time);
        this.live = new LiveApi(view, observation, happened, settings.bounds().viewers(), drain, time);
    }

    /** Adds the routes. Those within {@link AdminAuth#only} are for operators, all others for every client. */
    public void addTo(RoutesConfig paths) {
        ServerConfig.get(paths, "/", overview::overview);
        ServerConfig.get(paths, "/health", gateway::health);
        ServerConfig.get(paths, "/stats", gateway::stats);
        ServerConfig.get(paths, "/metrics", auth.only(metrics::metrics));
        ServerConfig.get(paths, "/services", services::list);
        ServerConfig.get(paths, "/services/{name}", services::get);
        paths.post("/services", auth.only(registration::register));
        paths.delete("/services/{name}", auth.only(services::delete));
        paths.post("/services/{name}/drain", auth.only(services::drain));
        paths.post("/services/{name}/resume", auth.only(services::resume));
        ServerConfig.get(paths, "/routes", auth.only(routes::list));
        ServerConfig.get(paths, "/routes/{name}", auth.only(routes::get));
        paths.put("/routes/{name}", auth.only(routes::put));
        paths.delete("/routes/{name}", auth.only(routes::delete));
        ServerConfig.get(paths, "/gateways", gateways::list);
        ServerConfig.get(paths, "/config", auth.only(config::config));
        ServerConfig.get(paths, "/limits/explain", limits::explain);
        paths.delete("/limits/{client}", auth.only(limits::forget));
        ServerConfig.get(paths, "/requests", auth.only(requests::list));
        ServerConfig.get(paths, "/requests/{id}", auth.only(requests::get));
        ServerConfig.get(paths, "/events", auth.only(events::list));
        paths.get("/dashboard/events", auth.only(live::events));
        paths.head("/dashboard/events", auth.only(live::head));
        ServerConfig.get(paths, "/dashboard/history", auth.only(history::history));
        Pages.addTo(paths, auth);
    }

    /** Ends the dashboard's streams, which otherwise last as long as their viewers stay. */
    public void endStreams() {
        live.close();
    }
}
