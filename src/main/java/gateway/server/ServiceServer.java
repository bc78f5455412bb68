package gateway.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import gateway.lifecycle.Drain;
import gateway.lifecycle.RequestsUnderWay;
import gateway.net.ListenPort;
import gateway.service.FaultInjection;
import gateway.service.Registration;
import gateway.service.ServiceSettings;
import gateway.util.Pauses;
import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The server of the sample services, Javalin with JSON and fault injection. */
public final class ServiceServer {
    private final Javalin app;
    private final Pauses delays;

    /** @param delays the artificial delays of answers, which end when the server stops */
    ServiceServer(Javalin app, Pauses delays) {
        this.app = app;
        this.delays = delays;
    }

    /**
     * Starts the server of a service, with the port and the faults that the settings have.
     *
     * @throws gateway.net.PortUnavailable if the port can't be had
     */
    public static ServiceServer start(ServiceSettings settings, Consumer<RoutesConfig> routes) {
        ListenPort.require(List.of(settings.listenPort()), false);
        Pauses delays = new Pauses();
        return new ServiceServer(create(settings.faults(delays::pause), routes).start(settings.port()), delays);
    }

    /**
     * Creates the server of a service, unstarted. It answers 400 if a route reads a body that isn't JSON.
     *
     * @param faults delays or fails requests on purpose, before a route gets them
     * @param routes adds the routes
     */
    public static Javalin create(FaultInjection faults, Consumer<RoutesConfig> routes) {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = true;
            config.jetty.modifyServer(RequestsUnderWay::of);
            config.routes.before(ctx -> {
                if (faults.strikes(ctx.path())) {
                    ctx.status(500).json(Map.of("error", faults.reason())).skipRemainingHandlers();
                }
            });
            config.routes.exception(
                    JsonProcessingException.class,
                    (e, ctx) ->
                            ctx.status(400).json(Map.of("error", "the body isn't JSON: " + e.getOriginalMessage())));
            routes.accept(config.routes);
        });
    }

    /** Returns the port on which it listens. */
    public int port() {
        return app.port();
    }

    /** Deregisters the service, answers the requests that are under way without further delay, then stops the server. */
    public void stop(Registration registration) {
        registration.close();
        delays.close();
        new Drain().stop(app.jettyServer().server(), app::stop);
    }
}
