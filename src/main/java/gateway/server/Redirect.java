package gateway.server;

import gateway.http.Problem;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * A port where HTTP is answered with the way to HTTPS and nothing else: 308, so that a POST stays a POST. It stands
 * before all other handlers, and lets pass what came on other ports.
 */
public final class Redirect extends Handler.Wrapper {
    private static final int USUAL = 443;
    private static final int ACCEPTORS = 1; // which is what a drain knows to end
    private static final int SELECTORS_AS_JETTY_SEES_FIT = -1;

    private final String host;
    private final int port;
    private final UnaryOperator<List<ConnectionFactory>> proxied;
    private ServerConnector connector;
    private int https; // known before anybody is let in here; the main port forgets its number when a drain closes it

    /**
     * @param host the address to listen on
     * @param port the port to listen on; 0 takes a free one
     * @param proxied puts before HTTP what proxies say first, if they do
     */
    Redirect(String host, int port, UnaryOperator<List<ConnectionFactory>> proxied) {
        this.host = host;
        this.port = port;
        this.proxied = proxied;
    }

    /** Puts itself before the server's handlers; returns what listens, which must not be the server's first connector. */
    public ServerConnector connector(Server server) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.LEGACY); // as on the main port, which decides
        http.setPersistentConnectionsEnabled(false);
        List<ConnectionFactory> protocols = proxied.apply(List.of(new HttpConnectionFactory(http)));
        connector = new ServerConnector(
                server, ACCEPTORS, SELECTORS_AS_JETTY_SEES_FIT, protocols.toArray(ConnectionFactory[]::new));
        connector.setHost(host);
        connector.setPort(port);
        connector.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) { // all ports are open by now
                https = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            }
        });
        server.insertHandler(this);
        return connector;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getConnectionMetaData().getConnector() != connector) {
            return super.handle(request, response, callback);
        }
        String asked = Request.getServerName(request);
        String path = request.getHttpURI().getPathQuery();
        if (!isHost(asked) || path == null || !path.startsWith("/")) {
            Problem problem = Problem.badRequest("HTTPS is spoken here, at a host that this request doesn't name");
            byte[] body = problem.json(String.valueOf(request.getHttpURI().getPath()));
            response.setStatus(problem.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }
        response.setStatus(HttpStatus.PERMANENT_REDIRECT_308);
        response.getHeaders().put(HttpHeader.LOCATION, "https://" + asked + (https == USUAL ? "" : ":" + https) + path);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        callback.succeeded();
        return true;
    }

    /** Whether this is a name or an address and nothing that a URL would read as more than that. */
    private static boolean isHost(String text) {
        if (text == null || text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            boolean fine = next >= 'a' && next <= 'z'
                    || next >= 'A' && next <= 'Z'
                    || next >= '0' && next <= '9'
                    || ".-_:[]".indexOf(next) >= 0;
            if (!fine) {
                return false;
            }
        }
        return true;
    }
}
