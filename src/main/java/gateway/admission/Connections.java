package gateway.admission;

import gateway.client.ClientAddress;
import gateway.http.Refusals;
import gateway.net.Networks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.SelectorManager;

/**
 * Limits the open client connections, in all and for each client address. A connection beyond a limit is closed as soon
 * as it is accepted, before it costs more, and is counted.
 *
 * <p>Addresses are those of {@link ClientAddress}: IPv6 by /64. Connections from this machine and from trusted proxies
 * don't count for an address, since many clients may be behind each. The tables hold at most one entry for each open
 * connection.
 */
public final class Connections implements SelectorManager.AcceptListener {
    /** The reason for closing a connection beyond the limit on all connections. */
    static final String TOO_MANY = "too-many-connections";

    /** The reason for closing a connection beyond the limit for its address. */
    static final String TOO_MANY_OF_CLIENT = "too-many-connections-of-client";

    private final int most;
    private final int mostOfClient;
    private final Networks proxies;
    private final Refusals closed;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<SelectableChannel, Optional<ClientAddress>> admitted =
            new ConcurrentHashMap<>(); // empty: doesn't count for an address
    private final Map<ClientAddress, Integer> ofClient = new ConcurrentHashMap<>();

    /**
     * @param most the most open connections
     * @param mostOfClient the most open connections of one address
     * @param proxies trusted proxies, which may have more
     * @param closed counts the connections that are closed
     */
    Connections(int most, int mostOfClient, Networks proxies, Refusals closed) {
        this.most = most;
        this.mostOfClient = mostOfClient;
        this.proxies = proxies;
        this.closed = closed;
    }

    /** Returns how many connections are open. */
    public int open() {
        return open.get();
    }

    /** Returns how many connections of this address are open; 0 if they don't count. */
    int open(InetAddress address) {
        return ofClient.getOrDefault(ClientAddress.of(address), 0);
    }

    /**
     * Admits a connection or closes it. Jetty's next operation on a closed one then fails, which is how Jetty notices.
     */
    @Override
    public void onAccepting(SelectableChannel channel) {
        try {
            InetSocketAddress peer = (InetSocketAddress) ((SocketChannel) channel).getRemoteAddress();
            if (!admit(channel, peer.getAddress())) {
                channel.close();
            }
        } catch (IOException | RuntimeException e) { // the client has disconnected already
            close(channel);
        }
    }

    private static void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // closed all the same
        }
    }

    /** Counts a connection as open and returns true; if a limit is reached, counts it as closed and returns false. */
    boolean admit(SelectableChannel channel, InetAddress peer) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            closed.count(TOO_MANY);
            return false;
        }
        Optional<ClientAddress> client = isCounted(peer) ? Optional.of(ClientAddress.of(peer)) : Optional.empty();
        admitted.put(channel, client);
        if (client.isPresent() && ofClient.merge(client.get(), 1, Integer::sum) > mostOfClient) {
            forget(channel);
            closed.count(TOO_MANY_OF_CLIENT);
            return false;
        }
        return true;
    }

    private boolean isCounted(InetAddress peer) {
        return !peer.isLoopbackAddress() && !proxies.contains(peer);
    }

    private void forget(SelectableChannel channel) {
        Optional<ClientAddress> client = admitted.remove(channel);
        if (client != null) {
            open.decrementAndGet();
            client.ifPresent(
                    counted -> ofClient.computeIfPresent(counted, (any, count) -> count == 1 ? null : count - 1));
        }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        forget(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        forget(channel);
    }
}
