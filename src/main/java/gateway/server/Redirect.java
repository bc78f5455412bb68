package gateway.server;

import gateway.http.Problem;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * A port that answers every HTTP request with a redirect to HTTPS: 308, so that a POST stays a POST. It is the handler
 * before all others, and passes on requests of other ports.
 */
public final class Redirect extends Handler.Wrapper {
    private static final int DEFAULT_HTTPS_PORT = 443;
    private static final int ACCEPTORS = 1; // a drain can wake only one
    private static final int SELECTORS_AS_JETTY_SEES_FIT = -1;

    private final String host;
    private final int port;
    private final UnaryOperator<List<ConnectionFactory>> proxied;
    private ServerConnector connector;
    private int httpsPort; // kept, since a connector forgets its port when a drain closes it

    /**
     * @param host the address to listen on
     * @param port the port to listen on; 0 for any free one
     * @param proxied adds the PROXY protocol before HTTP, if proxies use it
     */
    Redirect(String host, int port, UnaryOperator<List<ConnectionFactory>> proxied) {
        this.host = host;
        this.port = port;
        this.proxied = proxied;
    }

    /** Adds this handler to the server; returns the port's connector, which must not be the server's first. */
    public ServerConnector connector(Server server) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConfig.readStrictly(http);
        http.setPersistentConnectionsEnabled(false);
        List<ConnectionFactory> protocols = proxied.apply(List.of(new Http1(http)));
        connector = new ServerConnector(
                server, ACCEPTORS, SELECTORS_AS_JETTY_SEES_FIT, protocols.toArray(ConnectionFactory[]::new));
        connector.setHost(host);
        connector.setPort(port);
        connector.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) { // all ports are open by now
                httpsPort = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
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
        String requested = Request.getServerName(request);
        String path = request.getHttpURI().getPathQuery();
        if (!isHost(requested) || path == null || !path.startsWith("/")) {
            Problem problem =
                    Problem.badRequest("This gateway uses HTTPS, and the request names no valid host to redirect to");
            byte[] body = problem.json(String.valueOf(request.getHttpURI().getPath()));
            response.setStatus(problem.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }
        response.setStatus(HttpStatus.PERMANENT_REDIRECT_308);
        String suffix = httpsPort == DEFAULT_HTTPS_PORT ? "" : ":" + httpsPort;
        response.getHeaders().put(HttpHeader.LOCATION, "https://" + requested + suffix + path);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        callback.succeeded();
        return true;
    }

    /** Returns whether the text is a host name or an address, without characters that have another meaning in a URL. */
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
