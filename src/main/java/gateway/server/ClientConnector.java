package gateway.server;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.Scheduler;

/** Jetty's connector with {@link ClientEndPoint}s. */
public final class ClientConnector extends ServerConnector {
    /**
     * The size of Jetty's cache of header lines for each connection: none. Its default of 1024 characters costs 98 KB a
     * connection, 256 still 25 KB; without it, a request on one of 1024 connections costs a tenth less, and on one of
     * 64 the same.
     */
    private static final int HEADER_CACHE = 0;

    /** The most connections that wait to be accepted; Jetty's 50 are too few when a thousand clients come at once. */
    private static final int ACCEPT_QUEUE = 1024;

    /** The number of threads that accept connections: one, since a drain can wake only one. */
    private static final int ACCEPTORS = 1;

    private static final int SELECTORS_AS_JETTY_SEES_FIT = -1;

    /** The largest header of an answer: 256 KB of a service, as the proxy reads it, and what the gateway adds. */
    static final int RESPONSE_HEADER_BYTES = (256 + 8) * 1024;

    /**
     * @param host the address to listen on
     * @param port the port to listen on; 0 for any free one
     * @param protocols the protocols of a connection, the outermost first
     */
    public ClientConnector(
            Server server, HttpConfiguration http, String host, int port, ConnectionFactory... protocols) {
        super(server, ACCEPTORS, SELECTORS_AS_JETTY_SEES_FIT, protocols);
        http.setHeaderCacheSize(HEADER_CACHE);
        setAcceptQueueSize(ACCEPT_QUEUE);
        http.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
        setHost(host);
        setPort(port);
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            protected ManagedSelector newSelector(int id) {
                return VirtualThreads.isUseVirtualThreads(executor)
                        ? new YieldingSelector(this, id)
                        : super.newSelector(id);
            }
        };
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        ClientEndPoint endPoint = new ClientEndPoint(channel, selector, key, getScheduler(), getExecutor());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
