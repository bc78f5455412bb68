package gateway.cluster;

import gateway.net.ChannelSelector;
import gateway.net.ChannelSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.IOUtils;

/**
 * Opens connections to Redis. Once it has a selector of the clients' connections, their threads wait for that one: see
 * {@link ChannelSelector}. Those by TLS wait as Java does it by itself.
 */
final class NodeConnector {
    private final JedisClientConfig config;
    private volatile ChannelSelector selector;

    NodeConnector(JedisClientConfig config) {
        this.config = config;
    }

    /** Sets the selector for connections that are opened from now on; null for none. */
    void waitFor(ChannelSelector selector) {
        this.selector = selector;
    }

    /** Returns how long a connection may be silent. */
    Duration timeout() {
        return Duration.ofMillis(config.getSocketTimeoutMillis());
    }

    /**
     * Opens a connection, which the caller closes.
     *
     * @throws JedisException if the node can't be reached, or doesn't accept it
     */
    Connection open(HostAndPort node) {
        ChannelSelector now = selector;
        OneSocket socket = new OneSocket(
                now == null || config.getSslOptions() != null
                        ? new DefaultJedisSocketFactory(node, config)
                        : () -> connected(node, now));
        try {
            return new Connection(socket, config);
        } catch (RuntimeException | Error e) { // Jedis closes it only if the exception is one of its own
            socket.close();
            throw e;
        }
    }

    /**
     * Makes the socket of a connection, once: when it is closed while commands are being written, Jedis would make another
     * one, without logging in there, which nobody would close.
     */
    private static final class OneSocket implements JedisSocketFactory {
        private final JedisSocketFactory first;
        private Socket made; // guarded by this

        private OneSocket(JedisSocketFactory first) {
            this.first = first;
        }

        @Override
        public synchronized Socket createSocket() {
            if (made != null) {
                throw new JedisConnectionException("it is closed");
            }
            made = first.createSocket();
            return made;
        }

        private synchronized void close() {
            IOUtils.closeQuietly(made);
        }
    }

    private Socket connected(HostAndPort node, ChannelSelector selector) {
        JedisConnectionException failed = new JedisConnectionException("Failed to connect to " + node);
        for (InetAddress address : addresses(node)) {
            try {
                return connected(new InetSocketAddress(address, node.getPort()), selector);
            } catch (IOException e) {
                failed.addSuppressed(e);
            }
        }
        throw failed;
    }

    private static InetAddress[] addresses(HostAndPort node) {
        try {
            return InetAddress.getAllByName(node.getHost());
        } catch (UnknownHostException e) {
            throw new JedisConnectionException("Failed to connect to " + node, e);
        }
    }

    private Socket connected(InetSocketAddress address, ChannelSelector selector) throws IOException {
        ChannelSocket socket = new ChannelSocket(selector);
        try {
            socket.setKeepAlive(true);
            socket.setSoTimeout(config.getSocketTimeoutMillis());
            socket.connect(address, config.getConnectionTimeoutMillis());
            return socket;
        } catch (IOException | RuntimeException | Error e) { // a selector keeps what isn't closed
            socket.close();
            throw e;
        }
    }
}
