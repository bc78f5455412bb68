package gateway.admin.access;

import gateway.net.Networks;
import gateway.net.Peer;
import gateway.server.AdminPort;
import gateway.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether somebody on this machine asks, and not somebody else through a proxy or a browser on it. Only the peer of the
 * TCP connection says where a request comes from; the headers are looked at for reasons to doubt it.
 *
 * <p>They catch browsers and proxies that show. A proxy, a tunnel or a TLS terminator on this machine that adds nothing
 * can't be told from curl: with one, operators need a token or a port of their own, or it is named as a trusted proxy.
 */
final class ThisMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ThisMachine.class);

    /** What proxies add, beside all that begins with {@code X-Forwarded-}. */
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
    private final AtomicBoolean warned = new AtomicBoolean();

    ThisMachine(Settings settings) {
        this.settings = settings;
    }

    /** Why this request isn't one of this machine's own, as the end of a sentence; empty if it is. */
    Optional<String> doubt(HttpServletRequest request) {
        InetAddress peer = Peer.address(request);
        if (settings.clients().proxyProtocol() && !AdminPort.isOf(request)) {
            return Optional.of("what comes in here comes from proxies (GATEWAY_PROXY_PROTOCOL)");
        }
        if (!peer.isLoopbackAddress()) {
            return Optional.of("this comes from " + Peer.text(peer));
        }
        if (settings.clients().trustedProxies().trusts(peer)
                || settings.clients().trustedProxies().trustsLocalhost()) { // one proxy may come from ::1 and 127.0.0.1
            return Optional.of("this may come from a proxy on it (GATEWAY_TRUSTED_PROXIES)");
        }
        Optional<String> sign = sign(request);
        sign.ifPresent(this::warn);
        return sign;
    }

    /** What shows that this isn't asked from here, or may not be; empty if nothing does. */
    private Optional<String> sign(HttpServletRequest request) {
        Optional<String> header = proxyHeader(request);
        if (header.isPresent()) {
            return Optional.of("this has passed a proxy, by its header " + header.get());
        }
        if (!request.getProtocol().startsWith("HTTP/1.1")
                && !request.getProtocol().startsWith("HTTP/2")) {
            // nginx adds no header of its own accord; before 1.29.7 it speaks HTTP/1.0, unless told otherwise
            return Optional.of("this is " + request.getProtocol() + ", as proxies speak it");
        }
        return isOurs(request.getServerName())
                ? Optional.empty()
                : Optional.of("this asks for " + request.getServerName() + ", which isn't this machine's alone; ask"
                        + " for localhost");
    }

    /** Says once that something here asks for others: the next one may show nothing. */
    private void warn(String sign) {
        if (!warned.getAndSet(true)) {
            LOG.warn(
                    "Refused a request for operators that came from this machine: {}. If a proxy, a tunnel or the like"
                            + " leads here, set GATEWAY_ADMIN_TOKEN: one that doesn't show is taken for this machine",
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
     * Whether no stranger can own this name. Who owns one can point it here, and then a page of theirs in a browser on
     * this machine asks as if it were the gateway's (DNS rebinding). Who asks for an address that loopback doesn't lead
     * to has reached a proxy.
     */
    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals(settings.host().toLowerCase(Locale.ROOT))
                || Networks.address(address).filter(ThisMachine::isHere).isPresent();
    }

    /** 0.0.0.0, too: connecting to it, as to ::, leads to loopback. */
    private static boolean isHere(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }
}
