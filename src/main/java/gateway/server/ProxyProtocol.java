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
 * The PROXY protocol, version 1 or 2: before anything else a connection says whom it is for. Only trusted proxies may
 * connect, and each of their connections must begin so, or a client could write the header itself. All others are closed
 * without an answer, and counted.
 */
final class ProxyProtocol extends ProxyConnectionFactory {
    /** What refused connections are counted as. */
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
     * Puts the header before what a connection speaks, in the order of its layers.
     *
     * @param trusted the proxies' own addresses
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

    /** What has come is no PROXY header. */
    @Override
    protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer buffer) {
        refusals.count(REFUSED);
        endPoint.close();
    }

    private Connection refuse(EndPoint endPoint, Connector connector) {
        refusals.count(REFUSED);
        return new Refused(endPoint, connector.getExecutor());
    }

    /** An address of the internet that is known; null if it is none. */
    private static InetSocketAddress internet(SocketAddress address) {
        return address instanceof InetSocketAddress internet && !internet.isUnresolved() ? internet : null;
    }

    /** Goes on only with an address that limits and logs can use: not with a name, nor with a path on the proxy. */
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

    /** Closes as soon as it is there. */
    private static final class Refused extends AbstractConnection implements Connection.UpgradeTo {
        Refused(EndPoint endPoint, Executor executor) {
            super(endPoint, executor);
        }

        @Override
        public void onUpgradeTo(ByteBuffer buffer) {
            // nobody will read it
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
