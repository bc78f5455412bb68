package gateway.admin;

import io.javalin.http.Context;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;

/** The ports on which the gateway listens, where no service can be. */
final class OwnPorts {
    private OwnPorts() {}

    /** Returns all of them; not the request's port, which may come from a proxy's header. */
    static Set<Integer> of(Context ctx) {
        Connector connector = ServletContextRequest.getServletContextRequest(ctx.req())
                .getConnectionMetaData()
                .getConnector();
        return Arrays.stream(connector.getServer().getConnectors())
                .filter(NetworkConnector.class::isInstance)
                .map(any -> ((NetworkConnector) any).getLocalPort())
                .collect(Collectors.toSet());
    }
}
