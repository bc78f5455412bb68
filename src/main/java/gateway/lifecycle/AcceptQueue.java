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
 * Closes a port without losing the connections in its accept queue. The kernel completes a connection before the server
 * accepts it, and resets all that still wait in the queue when the port closes: those clients would be connected and
 * then get no answer, though another process on the same port could have served them. So the queue is emptied first,
 * and the port closed when it is empty, microseconds later. What arrives in these is lost, unless the kernel hands it
 * over (net.ipv4.tcp_migrate_req): nothing else takes a port out of the group that shares it.
 */
final class AcceptQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);

    /** The longest time that closing takes. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final Duration WAKE_PAUSE = Duration.ofMillis(5);

    private final ServerConnector connector;
    private final ServerSocketChannel port;

    private AcceptQueue(ServerConnector connector, ServerSocketChannel port) {
        this.connector = connector;
        this.port = port;
    }

    /** Accepts the connections that wait, then closes the port. Takes a second at most. */
    static void close(ServerConnector connector) {
        if (connector.getTransport() instanceof ServerSocketChannel port && port.isOpen()) {
            new AcceptQueue(connector, port).close();
        }
        connector.close(); // whatever went wrong before
    }

    /**
     * Accepts the waiting connections on another thread. Jetty's thread blocks in accept() and holds the port's lock
     * there until a connection comes; so this connects to the port until the lock is free.
     */
    private void close() {
        connector.setAccepting(false);
        Thread last = Threads.daemons("last-accept").newThread(this::takeAndClose);
        last.start();
        long start = System.nanoTime();
        try {
            while (last.isAlive() && System.nanoTime() - start < TIMEOUT.toNanos()) {
                wakeAcceptor();
                last.join(WAKE_PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAndClose() {
        try {
            rehearse();
            port.configureBlocking(false);
            for (SocketChannel client = port.accept(); client != null; client = port.accept()) {
                client.configureBlocking(false);
                client.setOption(StandardSocketOptions.TCP_NODELAY, connector.getAcceptedTcpNoDelay());
                connector.getSelectorManager().accept(client);
            }
            port.close(); // before Jetty, which does more than that first
        } catch (IOException e) {
            LOG.debug("The last connections in the accept queue were not accepted: {}", e.getMessage());
        }
        connector.close();
    }

    /** Finds an empty queue and closes it, at another port: the first time takes milliseconds, in which much arrives. */
    private static void rehearse() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open()) {
            other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            other.configureBlocking(false);
            other.accept();
        }
    }

    /** Connects to the port and hangs up. Another process on the same port may get the connection instead. */
    private void wakeAcceptor() {
        try (Socket socket = new Socket()) {
            InetSocketAddress own = (InetSocketAddress) port.getLocalAddress();
            InetAddress host =
                    own.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : own.getAddress();
            socket.connect(new InetSocketAddress(host, own.getPort()), (int) TIMEOUT.toMillis());
        } catch (IOException e) {
            LOG.debug("Could not connect to our own port: {}", e.getMessage());
        }
    }
}
