package gateway.server;

import gateway.http.PathPrefix;
import gateway.lifecycle.Lifecycle;
import gateway.settings.Settings;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.RequestLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Javalin on Jetty as the gateway needs it: its ports, their protocols and bounds, and what runs when it starts and stops. */
public final class GatewayServer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private GatewayServer() {}

    /**
     * Creates the server, unstarted.
     *
     * @param services the paths of requests for services, which the handlers answer: no route is looked for below it
     * @param admission bounds what comes in
     * @param log Jetty calls it at the end of each request
     * @param lifecycle runs when the server starts and stops
     * @param routes adds the handlers, in the order in which they get a request, and the routes
     * @throws gateway.settings.InvalidSettings if the certificate, its key or the clients' CAs can't be used
     */
    public static Javalin create(
            Settings settings,
            PathPrefix services,
            Admission admission,
            RequestLog log,
            Lifecycle lifecycle,
            Time time,
            Consumer<RoutesConfig> routes) {
        ClientProtocols protocols = new ClientProtocols(settings, admission.closed(), time);
        lifecycle.onStart(protocols::start);
        return Javalin.create(config -> {
            ServerConfig.configure(config, settings);
            ServerConfig.noRoutesBelow(config, services);
            addConnectors(config, settings, protocols, admission);
            config.jetty.modifyServer(server -> server.insertHandler(admission.door(services)));
            config.jetty.modifyServer(server -> server.setRequestLog(log));
            routes.accept(config.routes);
            ServerConfig.whenListening(config, lifecycle::listening);
            config.events.serverStarting(lifecycle::start);
            config.events.serverStopping(lifecycle::stopping);
            config.events.serverStopped(lifecycle::stopped);
        });
    }

    /** The main port comes first: {@link Redirect} and {@link ServerConfig#whenListening} know it by that. */
    private static void addConnectors(
            JavalinConfig config, Settings settings, ClientProtocols protocols, Admission admission) {
        config.jetty.addConnector((server, http) -> admission.bound(
                new ClientConnector(server, http, settings.host(), settings.port(), protocols.of(http))));
        protocols
                .redirect()
                .ifPresent(redirect ->
                        config.jetty.addConnector((server, http) -> admission.bound(redirect.connector(server))));
        settings.access()
                .port()
                .ifPresent(port -> config.jetty.addConnector(
                        (server, http) -> AdminPort.at(admission.boundAdmin(new ClientConnector(
                                server, http, settings.access().host(), port, new HttpConnectionFactory(http))))));
    }

    /** Logs what has started, and its ports. Scripts wait for this line's {@code is ready on port}. */
    public static void logReady(Javalin app, Settings settings) {
        int java = Runtime.version().feature();
        LOG.info(
                "{} {}, rate limit {}, Java {}{}, is ready on port {}{}",
                Release.NAME,
                Release.VERSION,
                settings.rateLimit().map(Object::toString).orElse("off"),
                java,
                java < 21 ? " (from 21 on, each request would run on a virtual thread)" : "",
                app.port(),
                AdminPort.introduction(app.jettyServer().server()));
    }
}
