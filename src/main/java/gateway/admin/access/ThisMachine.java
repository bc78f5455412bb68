package gateway.admin.access;

import gateway.net.Networks;
import gateway.net.Peer;
import gateway.server.AdminPort;
import gateway.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a request comes from a client on this machine, and not from a remote one through a proxy or a browser
 * on it. The TCP connection's peer says where it comes from; the headers may give reasons to doubt that.
 *
 * <p>The headers betray browsers, and proxies that add some. What adds none asks just like curl; but on Linux {@link
 * PeerUser} tells whose connection it is, and a proxy runs as a user of its own. A proxy, a tunnel or a TLS terminator
 * that adds no header and runs as root or as the gateway's user can't be told from an operator; with one, set an admin
 * token or an admin port, or name it as a trusted proxy.
 */
final class ThisMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ThisMachine.class);

    /** Headers that proxies add, beside all that begin with {@code X-Forwarded-}. */
    private static final Set<String> OF_PROXIES = Set.of(
            "forwarded",
            "via",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "true-client-ip",
            "cf-connecting-ip");

    private final Settings settings;
    private final PeerUser peerUser;
    private final AtomicBoolean warned = new AtomicBoolean();

    ThisMachine(Settings settings, PeerUser peerUser) {
        this.settings = settings;
        this.peerUser = peerUser;
    }

    /**
     * Returns why this request may not come from a client on this machine, as the end of a sentence; empty if it does.
     */
    Optional<String> doubt(HttpServletRequest request) {
        InetAddress peer = Peer.address(request);
        if (settings.clients().proxyProtocol() && !AdminPort.isOf(request)) {
            return Optional.of("connections to this port come from proxies (GATEWAY_PROXY_PROTOCOL)");
        }
        if (!peer.isLoopbackAddress()) {
            return Optional.of("this comes from " + Peer.text(peer));
        }
        if (settings.clients().trustedProxies().trusts(peer)
                || settings.clients().trustedProxies().trustsLocalhost()) { // one proxy may come from ::1 and 127.0.0.1
            return Optional.of("this may come from a trusted proxy on it (GATEWAY_TRUSTED_PROXIES)");
        }
        Optional<String> sign = sign(request).or(() -> stranger(request));
        sign.ifPresent(this::warn);
        return sign;
    }

    /** Returns whose connection this is, if it is no operator's; empty if it is or if that can't be told. */
    private Optional<String> stranger(HttpServletRequest request) {
        ConnectionMetaData connection =
                ServletContextRequest.getServletContextRequest(request).getConnectionMetaData();
        if (!(connection.getRemoteSocketAddress() instanceof InetSocketAddress there)
                || !(connection.getLocalSocketAddress() instanceof InetSocketAddress here)) {
            return Optional.of("this connection has been closed");
        }
        return switch (peerUser.of(there, here)) {
            case OPERATOR, UNKNOWN -> Optional.empty();
            case OTHER ->
                Optional.of(
                        "this connection belongs to another user than the gateway's own or root, as a proxy's does");
            case NOBODY -> Optional.of("no user of this machine is seen to hold the other end of this connection");
        };
    }

    /** Returns the sign that the request may come from elsewhere; empty if there is none. */
    private Optional<String> sign(HttpServletRequest request) {
        Optional<String> header = proxyHeader(request);
        if (header.isPresent()) {
            return Optional.of("this has passed a proxy, by its header " + header.get());
        }
        if (!request.getProtocol().startsWith("HTTP/1.1")
                && !request.getProtocol().startsWith("HTTP/2")) {
            // nginx adds no header by default; before 1.29.7 it uses HTTP/1.0 by default
            return Optional.of("this is " + request.getProtocol() + ", as proxies use it");
        }
        return isOurs(request.getServerName())
                ? Optional.empty()
                : Optional.of("this asks for " + request.getServerName() + ", which isn't this machine's alone; ask"
                        + " for localhost");
    }

    /** Warns once that a proxy on this machine forwards remote requests: others may carry no sign of it. */
    private void warn(String sign) {
        if (!warned.getAndSet(true)) {
            LOG.warn(
                    "Refused an admin request from this machine: {}. If a proxy or a tunnel leads here, set"
                            + " GATEWAY_ADMIN_TOKEN: without it, requests through one that adds no header and runs as"
                            + " root or as this user look local",
                    sign);
        }
    }

    private static Optional<String> proxyHeader(HttpServletRequest request) {
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            String small = name.toLowerCase(Locale.ROOT);
            if (small.startsWith("x-forwarded-") || OF_PROXIES.contains(small)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns whether only this machine can have this name. The owner of any other name can point it here; then a page
     * of theirs, in a browser on this machine, looks like the gateway's own (DNS rebinding). A request for an address
     * that isn't loopback came through a proxy.
     */
    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals(settings.host().toLowerCase(Locale.ROOT))
                || Networks.address(address).filter(ThisMachine::isHere).isPresent();
    }

    /** Returns whether the address leads to this machine; connecting to 0.0.0.0 or :: leads to loopback. */
    private static boolean isHere(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }
}
