package gateway.admin.access;

import gateway.http.PathPrefix;
import gateway.http.Problem;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The port of its own for changes and what is private, if there is one: the connector that has its name. */
public final class AdminPort {
    private static final String NAME = "admin";

    private AdminPort() {}

    /** Makes this connector that port; one that hasn't begun to listen. */
    public static Connector at(ServerConnector connector) {
        connector.setName(NAME);
        return connector;
    }

    /** Whether the request came in there. */
    public static boolean isOf(HttpServletRequest request) {
        return NAME.equals(ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnector()
                .getName());
    }

    /** Has nothing of this there: services are the main port's business. */
    public static Handler without(PathPrefix services) {
        return ctx -> {
            if (services.covers(ctx.path()) && isOf(ctx.req())) {
                refuse(ctx);
                ctx.skipRemainingHandlers();
            }
        };
    }

    static void refuse(Context ctx) throws Exception {
        Problem.notFound(ctx.req().getRequestURI()).send(ctx.req(), ctx.res());
    }

    /** What the gateway says of it when it is ready; nothing if there is none. */
    public static String introduction(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (NAME.equals(connector.getName()) && connector instanceof ServerConnector there) {
                return ", for operators on port " + there.getLocalPort() + " of " + there.getHost();
            }
        }
        return "";
    }
}
