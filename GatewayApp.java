import gateway.Drain;
import gateway.Launch;
import gateway.Settings;
import gateway.Time;
import gateway.Timer;
import gateway.admin.Errors;
import gateway.admin.GatewayApi;
import gateway.admin.ServicesApi;
import gateway.balance.Balancer;
import gateway.balance.RoundRobin;
import gateway.health.Health;
import gateway.health.HealthChecker;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.SlidingWindow;
import gateway.limit.Unlimited;
import gateway.proxy.ClientConnector;
import gateway.proxy.Forwarder;
import gateway.proxy.PathGuard;
import gateway.proxy.ProxyHandler;
import gateway.registry.Leases;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.ServletEntry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import kotlin.LazyKt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway, as a table of contents: reads the settings, makes the parts, lists the routes. */
public final class GatewayApp {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayApp.class);
    private static final String API = "/api";
    private static final Duration FORGET_PAUSE = Duration.ofSeconds(10);

    public static void main(String[] arguments) {
        Launch.main("GatewayApp", Settings.HELP, arguments, 0, () -> {
            Settings settings = Settings.from(System.getenv());
            Drain drain = new Drain();
            Javalin app = create(settings, drain, Time.system()).start();
            LOG.info("{} is ready on port {}", GatewayApi.introduction(settings), app.port());
            return () -> {
                drain.run(app.jettyServer().server());
                app.stop();
            };
        });
    }

    /** The gateway, unstarted; its background work begins and ends with it. */
    static Javalin create(Settings settings, Drain drain, Time time) {
        RateLimit limit = settings.rateLimit().isEmpty() // a deque of request times per IP
                ? new Unlimited()
                : new SlidingWindow(settings.rateLimit().get(), settings.rememberedClients(), time);
        AtomicInteger index = new AtomicInteger(); // whose turn it is
        ServiceList services = new ServiceList(time); // what POST /services registered

        Health health = new Health(services, settings.healthRise(), settings.healthFall(), time);
        HealthChecker checker = new HealthChecker(
                services,
                health,
                settings.healthInterval(),
                settings.healthTimeout(),
                time,
                () -> ThreadLocalRandom.current().nextDouble());
        Balancer balancer = new RoundRobin(index);
        Forwarder forwarder = new Forwarder(services, balancer, health, settings, time);
        LimitHandler limiter = new LimitHandler(limit, time);
        ServicesApi servicesApi = new ServicesApi(services, checker, balancer, limit, settings.lease(), time);
        GatewayApi gatewayApi = new GatewayApi(services, balancer, index, limit, limiter, drain, time);
        Timer timer = new Timer();

        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = true; // where Java has them
            config.http.prefer405over404 = true;
            config.jetty.host = settings.host();
            config.jetty.port = settings.port();
            config.jetty.addConnector(
                    (server, http) -> new ClientConnector(server, http, config.jetty.host, config.jetty.port));
            Errors.install(config);
            // Without Javalin's WebSockets, which would answer 404: an upgrade that isn't taken is an ordinary request.
            config.unsafe.servlet = LazyKt.lazy(() -> new ServletEntry(null, new JavalinServlet(config.unsafe)));

            config.routes.before(new PathGuard());
            config.routes.before(below(API, limiter));
            config.routes.before(below(
                    API,
                    new ProxyHandler(
                            forwarder, API, () -> ThreadLocalRandom.current().nextLong())));
            get(config.routes, "/", gatewayApi::overview);
            get(config.routes, "/health", gatewayApi::health);
            get(config.routes, "/stats", gatewayApi::stats);
            get(config.routes, "/services", servicesApi::list);
            get(config.routes, "/services/{name}", servicesApi::get);
            config.routes.post("/services", servicesApi::register);
            config.routes.delete("/services/{name}", servicesApi::delete);

            config.events.serverStarting(() -> {
                settings.services().forEach(url -> services.register(Service.configured(url)));
                checker.checkAll();
                timer.every(checker.pause(), "health checks", checker::tick);
                timer.every(Leases.PAUSE, "leases", new Leases(services)::tick);
                timer.every(FORGET_PAUSE, "idle clients", limit::forgetIdle);
                forwarder.watchedBy(timer);
            });
            config.events.serverStopped(() -> {
                timer.close();
                checker.close();
                forwarder.close();
            });
        });
    }

    /** A handler for what lies below a prefix: cheaper than a route's pattern, and for methods Javalin doesn't know too. */
    private static Handler below(String prefix, Handler handler) {
        return ctx -> {
            String path = ctx.path();
            if (path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/')) {
                handler.handle(ctx);
            }
        };
    }

    /** GET with HEAD, which Javalin would else answer without asking the handler. */
    private static void get(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }
}
