package gateway.server;

import gateway.http.Refusals;
import gateway.net.Networks;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;

/**
 * The PROXY protocol, version 1 or 2: each connection begins with a header that names its client. Only trusted proxies
 * may connect, and each of their connections must begin with the header, or a client could send the header itself.
 * Other connections are closed without an answer, and counted.
 */
final class ProxyProtocol extends ProxyConnectionFactory {
    /** The reason under which refused connections are counted. */
    static final String REFUSED = "proxy-protocol";

    private static final String CLAIM = "claim";

    private final Networks trusted;
    private final Refusals refusals;

    private ProxyProtocol(Networks trusted, Refusals refusals) {
        super(CLAIM);
        this.trusted = trusted;
        this.refusals = refusals;
    }

    /**
     * Returns the protocols of a connection, the outermost first, with the PROXY header before them.
     *
     * @param trusted the addresses of the proxies
     */
    static List<ConnectionFactory> before(List<ConnectionFactory> protocols, Networks trusted, Refusals refusals) {
        ProxyProtocol header = new ProxyProtocol(trusted, refusals);
        List<ConnectionFactory> all = new ArrayList<>(protocols);
        all.add(0, header.new Claim(protocols.get(0).getProtocol()));
        all.add(0, header);
        return all;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        InetSocketAddress peer = internet(endPoint.getRemoteSocketAddress());
        if (peer == null || !trusted.contains(peer.getAddress())) {
            return refuse(endPoint, connector);
        }
        return super.newConnection(connector, endPoint);
    }

    /** Refuses a connection that begins without a PROXY header. */
    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
        refusals.count(REFUSED);
        endPoint.close();
    }

    private Connection refuse(EndPoint endPoint, Connector connector) {
        refusals.count(REFUSED);
        return new Refused(endPoint, connector.getExecutor());
    }

    /** Returns the address if it is a resolved internet address, else null. */
    private static InetSocketAddress internet(SocketAddress address) {
        return address instanceof InetSocketAddress internet && !internet.isUnresolved() ? internet : null;
    }

    /**
     * Accepts only an address that limits and logs can use, neither a name nor the path of a Unix socket on the proxy.
     */
    private final class Claim extends AbstractConnectionFactory {
        private final String next;

        Claim(String next) {
            super(CLAIM);
            this.next = next;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            return internet(endPoint.getRemoteSocketAddress()) != null
                    ? connector.getConnectionFactory(next).newConnection(connector, endPoint)
                    : refuse(endPoint, connector);
        }
    }

    /** Closes the connection as soon as it is open. */
    private static final class Refused extends AbstractConnection implements Connection.UpgradeTo {
        Refused(EndPoint endPoint, Executor executor) {
            super(endPoint, executor);
        }

        @Override
        public void onUpgradeTo(ByteBuffer buffer) {
            // ignore the bytes
        }

        @Override
        public void onOpen() {
            super.onOpen();
            close();
        }

        @Override
        public void onFillable() {
            close();
        }
    }
}
