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
 * The connections that clients have open, at most so many in all and of one address. One too many is closed as soon as
 * it is accepted, before it costs more than that, and counted.
 *
 * <p>Addresses are those of {@link ClientAddress}: IPv6 by /64. This machine's own and trusted proxies' are not counted
 * one by one, since many clients stand behind each. The tables hold one entry for each open connection at most.
 */
public final class Connections implements SelectorManager.AcceptListener {
    /** Why a connection was closed: there are as many as there may be. */
    static final String TOO_MANY = "too-many-connections";

    /** Why a connection was closed: its address has as many as it may have. */
    static final String TOO_MANY_OF_CLIENT = "too-many-connections-of-client";

    private final int most;
    private final int mostOfClient;
    private final Networks proxies;
    private final Refusals closed;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<SelectableChannel, Optional<ClientAddress>> admitted =
            new ConcurrentHashMap<>(); // empty: not counted
    private final Map<ClientAddress, Integer> ofClient = new ConcurrentHashMap<>();

    /**
     * @param most open ones in all
     * @param mostOfClient of those, of one address
     * @param proxies which may have more
     * @param closed counts those that are closed
     */
    Connections(int most, int mostOfClient, Networks proxies, Refusals closed) {
        this.most = most;
        this.mostOfClient = mostOfClient;
        this.proxies = proxies;
        this.closed = closed;
    }

    /** How many are open. */
    public int open() {
        return open.get();
    }

    /** How many of this address are open; 0 if they aren't counted. */
    int open(InetAddress address) {
        return ofClient.getOrDefault(ClientAddress.of(address), 0);
    }

    /** Admits the connection or closes it: what Jetty then does with it fails, which is how it learns of it. */
    @Override
    public void onAccepting(SelectableChannel channel) {
        try {
            InetSocketAddress peer = (InetSocketAddress) ((SocketChannel) channel).getRemoteAddress();
            if (!admit(channel, peer.getAddress())) {
                channel.close();
            }
        } catch (IOException | RuntimeException e) { // it has gone already
            close(channel);
        }
    }

    private static void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // then it is closed
        }
    }

    /** Counts it as open, or as closed and says so. */
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
