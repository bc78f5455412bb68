package gateway.server;

import gateway.http.Problem;
import gateway.settings.Settings;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The separate port for administration (GATEWAY_ADMIN_PORT), if there is one. Its connector is known by its name. */
public final class AdminPort {
    private static final String NAME = "admin";

    private AdminPort() {}

    /** Makes this connector, which must not have started, the admin port's; returns it. */
    static ServerConnector at(ServerConnector connector) {
        connector.setName(NAME);
        return connector;
    }

    /** Returns whether the request came in at the admin port. */
    public static boolean isOf(HttpServletRequest request) {
        return isOf((Request) ServletContextRequest.getServletContextRequest(request));
    }

    /** Returns what selects the requests at the admin port; none if there is none. */
    public static Predicate<Request> requests(Settings settings) {
        return settings.access().port().isPresent() ? AdminPort::isOf : request -> false;
    }

    /** Returns whether the request came in at the admin port, where no route takes it: the main port serves them. */
    public static boolean isOf(Request request) {
        return NAME.equals(request.getConnectionMetaData().getConnector().getName());
    }

    /** Returns a handler for requests at the admin port; at the main port it answers 404, as for any unknown path. */
    public static Handler only(Handler handler) {
        return new Only(handler);
    }

    /** Returns whether a handler serves requests that come in where this one has. */
    static boolean serves(Handler handler, HttpServletRequest request) {
        return !(handler instanceof Only) || isOf(request);
    }

    private record Only(Handler handler) implements Handler {
        @Override
        public void handle(Context ctx) throws Exception {
            if (isOf(ctx.req())) {
                handler.handle(ctx);
            } else {
                Problem.notFound(ctx.req().getRequestURI()).send(ctx.req(), ctx.res());
            }
        }
    }

    /** Returns the admin port's connector; empty if there is none. */
    static Optional<ServerConnector> connector(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (NAME.equals(connector.getName()) && connector instanceof ServerConnector admin) {
                return Optional.of(admin);
            }
        }
        return Optional.empty();
    }
}
