import gateway.admin.GatewayApi;
import gateway.admin.GatewaysApi;
import gateway.admin.LimitsApi;
import gateway.admin.MetricsApi;
import gateway.admin.RequestsApi;
import gateway.admin.ServicesApi;
import gateway.admin.access.AdminAuth;
import gateway.admin.access.AdminPort;
import gateway.admin.access.SameOrigin;
import gateway.admin.dashboard.LiveApi;
import gateway.admin.dashboard.LiveView;
import gateway.admin.dashboard.Pages;
import gateway.admission.AdmissionControl;
import gateway.admission.LoopGuard;
import gateway.admission.PathGuard;
import gateway.balance.Balancer;
import gateway.balance.RoundRobin;
import gateway.check.ConfigCheck;
import gateway.cluster.SharedLimit;
import gateway.cluster.SharedList;
import gateway.health.Health;
import gateway.health.HealthChecker;
import gateway.http.PathPrefix;
import gateway.http.Via;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Launch;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.ShadowLimit;
import gateway.limit.SlidingWindow;
import gateway.limit.Unlimited;
import gateway.metrics.Observation;
import gateway.net.AddressPolicy;
import gateway.net.OwnAddress;
import gateway.proxy.Forwarder;
import gateway.proxy.ProxyHandler;
import gateway.registry.ClusterMembers;
import gateway.registry.Leases;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.server.ClientConnector;
import gateway.server.Listening;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.trace.TraceHandler;
import gateway.util.Time;
import gateway.util.Timer;
import io.javalin.Javalin;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway, as a table of contents: reads the settings, makes the parts, lists the routes. */
public final class GatewayApp {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayApp.class);
    private static final PathPrefix API = new PathPrefix("/api");
    private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    public static void main(String[] arguments) {
        if (ConfigCheck.isAskedFor(arguments)) { // would it start, and is there what the settings name?
            System.exit(ConfigCheck.run(arguments, System.getenv(), System.out));
        }
        Launch.main("GatewayApp", ConfigCheck.OPTIONS, Settings.HELP, arguments, 0, () -> {
            Settings settings = Settings.from(System.getenv());
            Drain drain = new Drain();
            Javalin app = create(settings, drain, Time.system()).start();
            LOG.info(
                    "{} is ready on port {}{}",
                    GatewayApi.introduction(settings),
                    app.port(),
                    AdminPort.introduction(app.jettyServer().server()));
            return () -> {
                drain.run(app.jettyServer().server(), settings.drain());
                app.stop();
            };
        });
    }

    /** The gateway, unstarted; its background work begins and ends with it. */
    static Javalin create(Settings settings, Drain drain, Time time) {
        AdmissionControl guard = new AdmissionControl(settings, time); // what is taken on, and what isn't
        Listening listening = new Listening(settings, guard.closed(), time); // HTTP, or HTTPS with HTTP/2
        Timer timer = new Timer();
        ClusterMembers gateways =
                ClusterMembers.startingAt(time.now(), GatewayApi.VERSION); // this one, and who shares with it
        RateLimit limit = settings.rateLimit().isEmpty() // a deque of request times per IP
                ? new Unlimited()
                : SharedLimit.over(
                        new SlidingWindow(settings.rateLimit().get(), settings.rememberedClients(), time),
                        settings.redis(),
                        gateways,
                        time);
        AtomicInteger index = new AtomicInteger(); // whose turn it is
        ServiceList services = new ServiceList(
                time,
                settings.bounds().services(),
                settings.bounds().inFlightPerService()); // what POST /services registered
        Optional<SharedList> shared = settings.redis().map(redis -> new SharedList(redis, services, gateways, time));

        AddressPolicy places = new AddressPolicy(settings.serviceAddresses()); // where they may be
        Via via = new Via(gateways.self().id());
        Health health = new Health(services, settings.healthRise(), settings.healthFall(), time);
        HealthChecker checker = new HealthChecker(
                services,
                health,
                settings,
                via,
                time,
                () -> ThreadLocalRandom.current().nextDouble());
        Balancer balancer = new RoundRobin(index);
        Forwarder forwarder = new Forwarder(services, balancer, health, settings, time);
        Optional<ShadowLimit> shadow =
                settings.clients().shadow().map(rate -> new ShadowLimit(rate, settings.rememberedClients(), time));
        LimitHandler limiter = new LimitHandler(limit, API, settings.clients().exempt(), shadow, time);
        Observation seen = new Observation(services, limit, limiter, guard, settings.accessLog(), time);
        AdminAuth operators = new AdminAuth(settings, time); // who may change things and see what is private
        ServicesApi servicesApi = new ServicesApi(
                services, checker, balancer, limit, places, guard.registrations(), settings.lease(), time);
        LiveView view = new LiveView(services, balancer, limit, limiter, seen.traffic(), drain, time);
        LiveApi live = new LiveApi(view, seen, settings.bounds().viewers(), drain, time);
        GatewayApi gatewayApi = new GatewayApi(services, balancer, index, limit, limiter, operators, drain, time);

        return Javalin.create(config -> {
            ServerConfig.configure(config, settings);
            ServerConfig.noRoutesBelow(config, API);
            config.jetty.addConnector((server, http) -> guard.over(new ClientConnector(
                    server, http, config.jetty.host, config.jetty.port, listening.protocols(http))));
            listening
                    .redirect()
                    .ifPresent(way -> config.jetty.addConnector((server, http) -> guard.over(way.connector(server))));
            config.jetty.modifyServer(server -> guard.atDoorOf(server, API));
            config.jetty.modifyServer(server -> server.setRequestLog(seen.requestLog()));

            config.routes.before(new TraceHandler(
                    API,
                    settings.clients().forwardedBy(),
                    () -> ThreadLocalRandom.current().nextLong(),
                    time));
            config.routes.before(guard.handler());
            config.routes.before(new PathGuard());
            config.routes.before(new LoopGuard(via));
            settings.access().port().ifPresent(port -> {
                config.jetty.addConnector((server, http) -> AdminPort.at(guard.overOperators(new ClientConnector(
                        server, http, settings.access().host(), port, new HttpConnectionFactory(http)))));
                config.routes.before(AdminPort.without(API));
            });
            config.routes.before(limiter);
            config.routes.before(new ProxyHandler(forwarder, API, via, guard.inFlight()));
            config.routes.before(new SameOrigin(API));
            ServerConfig.get(config.routes, "/", gatewayApi::overview);
            ServerConfig.get(config.routes, "/health", gatewayApi::health);
            ServerConfig.get(config.routes, "/stats", gatewayApi::stats);
            ServerConfig.get(config.routes, "/metrics", operators.only(new MetricsApi(seen.metrics())::metrics));
            ServerConfig.get(config.routes, "/services", servicesApi::list);
            ServerConfig.get(config.routes, "/services/{name}", servicesApi::get);
            config.routes.post("/services", operators.only(servicesApi::register));
            config.routes.delete("/services/{name}", operators.only(servicesApi::delete));
            config.routes.post("/services/{name}/drain", operators.only(servicesApi::drain));
            config.routes.post("/services/{name}/resume", operators.only(servicesApi::resume));
            ServerConfig.get(config.routes, "/gateways", new GatewaysApi(gateways, time)::list);
            ServerConfig.get(config.routes, "/limits/explain", new LimitsApi(limit, limiter, operators, time)::explain);
            ServerConfig.get(config.routes, "/requests/{id}", operators.only(new RequestsApi(seen.traces())::get));
            config.routes.get("/dashboard/events", operators.only(live::events));
            config.routes.head("/dashboard/events", operators.only(live::head));
            Pages.configure(config, operators);

            ServerConfig.whenListening(config, port -> gateways.listensAt(OwnAddress.of(settings.host(), port)));

            config.events.serverStarting(() -> {
                seen.start(timer);
                limit.start();
                shared.ifPresent(SharedList::start);
                settings.services().forEach(url -> services.offer(Service.configured(url)));
                checker.checkAll();
                timer.every(checker.pause(), "health checks", checker::tick);
                if (shared.isEmpty()) { // else they end in Redis
                    timer.every(Leases.PAUSE, "leases", new Leases(services)::tick);
                }
                timer.every(FORGET_PAUSE, "idle clients", limiter::forgetIdle);
                forwarder.watchedBy(timer);
                guard.watchedBy(timer);
                listening.watchedBy(timer);
            });
            config.events.serverStopping(() -> {
                live.close();
                forwarder.endTunnels();
            });
            config.events.serverStopped(() -> {
                limit.close();
                shared.ifPresent(SharedList::close);
                timer.close();
                checker.close();
                forwarder.close();
                seen.close();
            });
        });
    }
}
