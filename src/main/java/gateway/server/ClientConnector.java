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
     * Of header lines that Jetty would remember for each connection: none. Its 1024 characters cost 98 KB a connection,
     * 256 still 25 KB; without, a request on one of 1024 connections costs a tenth less and one on 64 the same.
     */
    private static final int HEADER_CACHE = 0;

    /** Connections that may wait to be accepted; Jetty's 50 are few when a thousand clients come at once. */
    private static final int ACCEPT_QUEUE = 1024;

    /** Who takes connections: one thread, which is what a drain knows to end. */
    private static final int ACCEPTORS = 1;

    private static final int SELECTORS_AS_JETTY_SEES_FIT = -1;

    /** What a backend may answer with; OkHttp reads at most 256 KB of headers. */
    private static final int RESPONSE_HEADER_BYTES = 256 * 1024;

    /**
     * @param host the address to listen on
     * @param port the port to listen on; 0 takes a free one
     * @param protocols what a connection speaks, in the order of its layers
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
