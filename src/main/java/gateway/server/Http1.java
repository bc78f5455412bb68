package gateway.server;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** HTTP/1.1 and HTTP/1.0 with {@link Http1Connection}s. */
final class Http1 extends HttpConnectionFactory {
    Http1(HttpConfiguration http) {
        super(http);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Http1Connection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }
}
