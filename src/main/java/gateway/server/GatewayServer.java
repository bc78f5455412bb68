package gateway.server;

import gateway.http.Tracing;
import gateway.lifecycle.Lifecycle;
import gateway.net.OwnAddress;
import gateway.route.Routes;
import gateway.settings.Settings;
import gateway.tls.CertificateInUse;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the gateway's server, Javalin on Jetty: its ports with their protocols and bounds, and the steps at its start
 * and stop.
 */
public final class GatewayServer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private GatewayServer() {}

    /**
     * Creates the server, unstarted.
     *
     * @param services find the requests to services
     * @param admission bounds connections and requests
     * @param tracing opens the records of requests that no handler gets
     * @param log called by Jetty at the end of each request
     * @param lifecycle the steps at the start and stop of the server
     * @param certificate is told of the server certificate in use
     * @param stages handles each request before the gateway's own paths, and ends those to services
     * @param routes adds the gateway's own paths
     * @throws gateway.settings.InvalidSettings if the certificate, its key or the clients' CAs can't be used
     */
    public static Javalin create(
            Settings settings,
            Routes services,
            Admission admission,
            Tracing tracing,
            RequestLog log,
            Lifecycle lifecycle,
            CertificateInUse certificate,
            Time time,
            Handler.Singleton stages,
            Consumer<RoutesConfig> routes) {
        ClientProtocols protocols = new ClientProtocols(settings, admission.closed(), certificate, time);
        lifecycle.onStart(protocols::start);
        return Javalin.create(config -> {
            ServerConfig.configure(config, settings, tracing);
            ServerConfig.routeOnce(config);
            addConnectors(config, settings, protocols, admission);
            ServerConfig.handleBefore(config, stages);
            config.jetty.modifyServer(server -> server.insertHandler(admission.door(services::match)));
            config.jetty.modifyServer(server -> server.setRequestLog(log));
            routes.accept(config.routes);
            ServerConfig.whenSelecting(config, lifecycle::selecting);
            ServerConfig.whenListening(config, lifecycle::listening);
            config.events.serverStarting(lifecycle::start);
            config.events.serverStopping(lifecycle::stopping);
            config.events.serverStopped(lifecycle::stopped);
        });
    }

    /**
     * Adds the connectors, the main port's first: {@link Redirect} and {@link ServerConfig} rely on that.
     */
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
                .ifPresent(port -> config.jetty.addConnector((server, http) -> AdminPort.at(admission.boundAdmin(
                        new ClientConnector(server, http, settings.access().host(), port, new Http1(http))))));
    }

    /**
     * Logs that the gateway is ready, its ports, and the dashboard's address. Scripts wait for {@code is ready on port} in
     * this line.
     */
    public static void logReady(Javalin app, Settings settings) {
        int java = Runtime.version().feature();
        Optional<ServerConnector> admin = AdminPort.connector(app.jettyServer().server());
        LOG.info(
                "{} {}, rate limit {}, Java {}{}, is ready on port {}{}; dashboard at {}/dashboard",
                Release.NAME,
                Release.VERSION,
                settings.rateLimit().map(Object::toString).orElse("off"),
                java,
                java < 21 ? " (from 21 on, each request would run on a virtual thread)" : "",
                app.port(),
                admin.map(port -> ", for operators on port " + port.getLocalPort() + " of " + port.getHost())
                        .orElse(""),
                admin.map(port -> "http://" + OwnAddress.here(port.getHost(), port.getLocalPort()))
                        .orElseGet(() -> (settings.tls().isPresent() ? "https://" : "http://")
                                + OwnAddress.here(settings.host(), app.port())));
    }
}
