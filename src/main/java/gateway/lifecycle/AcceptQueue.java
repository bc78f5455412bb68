package gateway.lifecycle;

import gateway.util.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a port without losing who stands at its door. The kernel completes a connection before anybody accepts it, and
 * resets those that are still in its queue when the port closes: their clients were let in, and thrown out unheard.
 * Where another process listens on the same port, they would have been served there. So all are taken first, and the
 * port is closed when there is none, microseconds later.
 */
final class AcceptQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration KNOCK_AGAIN = Duration.ofMillis(5);

    private final ServerConnector connector;
    private final ServerSocketChannel port;

    private AcceptQueue(ServerConnector connector, ServerSocketChannel port) {
        this.connector = connector;
        this.port = port;
    }

    /** Takes who is waiting, then closes the port. */
    static void close(ServerConnector connector) {
        if (connector.getTransport() instanceof ServerSocketChannel port && port.isOpen()) {
            new AcceptQueue(connector, port).close();
        }
        connector.close(); // whatever went wrong before
    }

    /** Jetty's thread is inside accept() and lets nobody else near the port until somebody comes; so somebody comes. */
    private void close() {
        connector.setAccepting(false);
        Thread last = Threads.daemons("last-accept").newThread(this::takeAndClose);
        last.start();
        long start = System.nanoTime();
        try {
            while (last.isAlive() && System.nanoTime() - start < PATIENCE.toNanos()) {
                knock();
                last.join(KNOCK_AGAIN.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAndClose() {
        try {
            port.configureBlocking(false);
            for (SocketChannel client = port.accept(); client != null; client = port.accept()) {
                client.configureBlocking(false);
                client.setOption(StandardSocketOptions.TCP_NODELAY, connector.getAcceptedTcpNoDelay());
                connector.getSelectorManager().accept(client);
            }
        } catch (IOException e) {
            LOG.debug("The last who waited were not taken: {}", e.getMessage());
        }
        connector.close();
    }

    /** May reach another process on the same port, which sees one come and go. */
    private void knock() {
        try (Socket socket = new Socket()) {
            InetSocketAddress own = (InetSocketAddress) port.getLocalAddress();
            InetAddress host =
                    own.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : own.getAddress();
            socket.connect(new InetSocketAddress(host, own.getPort()), (int) PATIENCE.toMillis());
        } catch (IOException e) {
            LOG.debug("Nobody let the gateway in at its own port: {}", e.getMessage());
        }
    }
}
