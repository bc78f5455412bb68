package gateway.admin;

import gateway.Networks;
import gateway.Peer;
import gateway.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether somebody on this machine asks, and not somebody else through a proxy or a browser on it. Only the peer of the
 * TCP connection says where a request comes from; the headers are looked at for reasons to doubt it.
 */
final class ThisMachine {
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
        if (settings.clients().forwardedBy().trusts(peer)) {
            return Optional.of(Peer.text(peer) + " is a proxy (GATEWAY_TRUSTED_PROXIES)");
        }
        Optional<String> header = proxyHeader(request);
        if (header.isPresent()) {
            return Optional.of("this has passed a proxy, by its header " + header.get());
        }
        if (!request.getProtocol().startsWith("HTTP/1.1")
                && !request.getProtocol().startsWith("HTTP/2")) {
            // nginx, unless told otherwise, adds no header that says for whom it asks, but speaks HTTP/1.0
            return Optional.of("this is " + request.getProtocol() + ", as proxies speak it");
        }
        return isOurs(request.getServerName())
                ? Optional.empty()
                : Optional.of("this asks for " + request.getServerName() + ", which may be anybody's name; ask for"
                        + " localhost");
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
     * this machine asks as if it were the gateway's (DNS rebinding); an address has no owner to do so.
     */
    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals(settings.host().toLowerCase(Locale.ROOT))
                || Networks.address(address).isPresent();
    }
}
