package gateway.client;

import gateway.net.Peer;
import java.net.InetAddress;
import java.util.List;

/**
 * The way of a request through trusted proxies, as far as they vouch for it.
 *
 * @param addresses the client first, then each proxy that it came through, the peer of the TCP connection last; 1 to
 *     {@link TrustedProxies#MOST_PROXIES} + 1
 * @param proto {@code http} or {@code https}, as the client asked; null if no proxy said
 * @param host whom the client asked for; null if no proxy said
 */
public record ProxyPath(List<InetAddress> addresses, String proto, String host) {
    /** Whom the request comes from. */
    public InetAddress client() {
        return addresses.get(0);
    }

    /** As X-Forwarded-For has it: addresses with commas between them, the client first. */
    public String text() {
        StringBuilder text = new StringBuilder(Peer.text(client()));
        for (int i = 1; i < addresses.size(); i++) {
            text.append(", ").append(Peer.text(addresses.get(i)));
        }
        return text.toString();
    }
}
