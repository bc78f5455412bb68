package gateway.server;

import gateway.http.PathPrefix;
import gateway.http.Problem;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
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
        return NAME.equals(ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnector()
                .getName());
    }

    /** Returns a handler that answers 404 to requests for services at the admin port: the main port serves them. */
    public static Handler without(PathPrefix services) {
        return ctx -> {
            if (services.covers(ctx.path()) && isOf(ctx.req())) {
                refuse(ctx);
                ctx.skipRemainingHandlers();
            }
        };
    }

    /** Answers 404, as for any path that isn't served at the port where the request came in. */
    public static void refuse(Context ctx) throws Exception {
        Problem.notFound(ctx.req().getRequestURI()).send(ctx.req(), ctx.res());
    }

    /** Returns the end of the line with which the gateway starts: where the admin port is; empty if there is none. */
    static String introduction(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (NAME.equals(connector.getName()) && connector instanceof ServerConnector admin) {
                return ", for operators on port " + admin.getLocalPort() + " of " + admin.getHost();
            }
        }
        return "";
    }
}
