package gateway.client;

import gateway.net.Peer;
import java.net.InetAddress;
import java.util.List;

/**
 * The path of a request through trusted proxies, as far as they vouch for it.
 *
 * @param addresses the client first, then each proxy in turn, the TCP connection's peer last; 1 to {@link
 * TrustedProxies#MOST_PROXIES} + 1
 * @param proto the protocol that the client used, {@code http} or {@code https}; null if no proxy gave it
 * @param host the host that the client asked for; null if no proxy gave it
 */
public record ProxyPath(List<InetAddress> addresses, String proto, String host) {
    /** Returns the client's address. */
    public InetAddress client() {
        return addresses.get(0);
    }

    /** Returns the addresses in the form of X-Forwarded-For: separated by commas, the client first. */
    public String text() {
        StringBuilder text = new StringBuilder(Peer.text(client()));
        for (int i = 1; i < addresses.size(); i++) {
            text.append(", ").append(Peer.text(addresses.get(i)));
        }
        return text.toString();
    }
}
