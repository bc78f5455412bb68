package gateway.client;

import gateway.net.Peer;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The path of a request through trusted proxies, as far as they vouch for it. It keeps the addresses as text, a quarter
 * of the size of 33 objects, since the last thousand requests are remembered.
 *
 * @param client the client's address
 * @param text the addresses in the form of X-Forwarded-For: separated by commas, the client first, then each proxy in
 * turn, the TCP connection's peer last; 1 to {@link TrustedProxies#MOST_PROXIES} + 1
 * @param proto the protocol that the client used, {@code http} or {@code https}; null if no proxy gave it
 * @param host the host that the client asked for; null if no proxy gave it
 * @param prefix what the proxies have cut off the client's path; empty if nothing
 */
public record ProxyPath(InetAddress client, String text, String proto, String host, String prefix) {
    /** Returns the path through these addresses, the client first. */
    static ProxyPath through(List<InetAddress> addresses, String proto, String host, String prefix) {
        String text = addresses.stream().map(Peer::text).collect(Collectors.joining(", "));
        return new ProxyPath(addresses.get(0), text, proto, host, prefix);
    }
}
