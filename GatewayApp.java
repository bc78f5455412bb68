// "java GatewayApp.java" compiles this file alone and takes the rest from the class path. This builds and sets both:
// eval "$(./run.sh env)"
import gateway.admin.AdminApi;
import gateway.admin.access.SameOrigin;
import gateway.admission.AdmissionControl;
import gateway.admission.LoopGuard;
import gateway.admission.PreflightHandler;
import gateway.check.ConfigCheck;
import gateway.cluster.Cluster;
import gateway.events.EventLog;
import gateway.health.HealthChecker;
import gateway.health.OutlierDetection;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Launch;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.limit.Limits;
import gateway.metrics.Observation;
import gateway.net.ListenPort;
import gateway.net.NameLookup;
import gateway.proxy.Forwarder;
import gateway.proxy.MountSlash;
import gateway.proxy.ProxyHandler;
import gateway.registry.ServiceList;
import gateway.route.config.Routing;
import gateway.server.AdminPort;
import gateway.server.GatewayServer;
import gateway.settings.Settings;
import gateway.state.StateKeeper;
import gateway.tls.CertificateInUse;
import gateway.trace.Stages;
import gateway.trace.TraceStart;
import gateway.util.Stalls;
import gateway.util.Time;
import gateway.warmup.WarmUp;
import io.javalin.Javalin;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway, as a table of contents: its parts, the order in which they start and end, and the order of handlers. */
public final class GatewayApp {
    public static void main(String[] arguments) {
        ConfigCheck.exitIfAskedFor(arguments); // --check: says whether it would start
        Launch.main(ConfigCheck.COMMAND_LINE, arguments, () -> {
            Settings settings = Settings.from(System.getenv());
            Drain drain = new Drain();
            Javalin app = create(settings, drain, Time.system());
            ListenPort.require(settings.listenPorts(), settings.reusePort()); // says why a port can't be had
            WarmUp.run(settings, twin -> create(twin, new Drain(), Time.system())); // so that first requests are fast
            app.start();
            GatewayServer.logReady(app, settings);
            return () -> drain.stop(app.jettyServer().server(), settings.drain(), app::stop);
        });
    }

    /** Returns the gateway, unstarted; its background work starts and ends with it. */
    static Javalin create(Settings settings, Drain drain, Time time) {
        var events = new EventLog(time); // what happened
        // what registers by POST /services
        var services = new ServiceList(
                time, settings.bounds().services(), settings.bounds().inFlightPerService());
        services.tell(events);
        var stalls = new Stalls(time); // notices when this process stood still
        var cluster = new Cluster(settings, services, stalls, events, time); // shares limit and list
        var index = new AtomicInteger(); // of the next service
        var routing = // without any routes given, /api to all services
                new Routing(settings, services, index, AdminPort.requests(settings), events, time);
        var routes = routing.routes(); // which requests go to which services
        cluster.share(routing.put());
        var state = new StateKeeper(settings, services, routing.put(), events); // what a restart shall not forget
        var limits = Limits.of(routes, cluster.limits(), settings.rememberedClients(), time); // a deque for each IP
        var names = new NameLookup(); // waits for no name server for long
        var checker = new HealthChecker(services, routes::healthCheck, settings, names, cluster.via(), stalls, time);
        var outliers = new OutlierDetection(services, routes::healthCheck, stalls, time); // ejects what fails
        var forwarder = new Forwarder(services, outliers, names, stalls, settings, time);

        var admission = new AdmissionControl(settings, time); // bounds what is done at a time
        var limiter = new LimitHandler(limits, settings, time);
        var certificate = new CertificateInUse(events); // for HTTPS
        var observed =
                new Observation(services, routes, limiter, admission, certificate, events, settings.accessLog(), time);
        var lifecycle = new Lifecycle(drain);
        var admin = new AdminApi(
                settings, services, routing, checker, names, limiter, cluster, admission, observed, lifecycle, time);

        var tracing = new TraceStart(routes::match, settings.clients().trustedProxies(), time);
        lifecycle.watch(cluster::failed, observed::failed);
        lifecycle.ask(state::trouble);
        lifecycle.onStart(
                stalls::start,
                observed::start,
                limiter::start,
                cluster::start,
                timer -> routing.start(timer, checker::checkAll), // after the shared list, which may have some already
                state::start, // after those that the file of routes lists, which it may drain
                checker::start, // after the list is filled: it checks all before the first request
                forwarder::start,
                admission::start);
        lifecycle.onSelecting(cluster::waitFor);
        lifecycle.onListening(cluster::listensAt);
        drain.breakOffBy(forwarder::breakOff); // so that those are logged, too
        lifecycle.onStopping(admin::endStreams, forwarder::endTunnels);
        lifecycle.onStopped(state::close, routing::close, limiter::close, cluster::close);
        lifecycle.onStopped(checker::close, forwarder::close, observed::close); // the last logs what ends meanwhile

        var stages = new Stages(
                tracing, // opens its record
                admission.guard(), // 413 and 414 for what is too large, 400 for paths with two readings
                new LoopGuard(cluster.via()), // 508 for what comes back to this gateway
                new PreflightHandler(), // 204 for browsers that ask whether a page may send a request
                new MountSlash(), // 307 for browsers that leave out the slash behind a mount
                limiter, // 429
                new ProxyHandler(forwarder, limiter, cluster.via(), admission.inFlight()), // to a service
                new SameOrigin()); // 403 for changes that another site's page asks for
        return GatewayServer.create(
                settings, routes, admission, tracing, observed, lifecycle, certificate, time, stages, admin::addTo);
    }
}
