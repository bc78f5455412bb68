package gateway.server;

import gateway.http.Refusals;
import gateway.route.Route;
import java.util.function.Function;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;

/** Bounds the load on the server: connections, header sizes, idle times, requests under way. */
public interface Admission {
    /** Applies the bounds to a connector for clients, which must not have started; returns it. */
    ServerConnector bound(ServerConnector connector);

    /**
     * Applies the bounds to the admin port's connector, whose connections count separately, so that clients can't use
     * up the operators' connections.
     */
    ServerConnector boundAdmin(ServerConnector connector);

    /**
     * Returns the server's outermost handler, which notes each request's route and refuses requests for services while
     * too many are under way.
     *
     * @param routes finds the route that takes a request; null if none does
     */
    Handler.Singleton door(Function<Request, Route> routes);

    /** Counts the connections that are closed without an answer, by reason. */
    Refusals closed();
}
