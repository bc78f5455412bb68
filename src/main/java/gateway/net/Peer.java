package gateway.net;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/**
 * The other end of a TCP connection: the one address that a client can't choose freely. Ignores headers that claim
 * another, like X-Forwarded-For.
 */
public final class Peer {
    /**
     * Stands for a peer that has disconnected. It must not be an address of this machine, whose clients may do more
     * than others.
     */
    private static final InetAddress GONE = nobody();

    private Peer() {}

    private static InetAddress nobody() {
        try {
            return InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are always an address", e);
        }
    }

    /** Returns the peer's address, taken from the connection without a detour through text. */
    public static InetAddress address(HttpServletRequest request) {
        return address(ServletContextRequest.getServletContextRequest(request));
    }

    /** Returns the peer's address of a Jetty request. */
    public static InetAddress address(Request request) {
        SocketAddress address = request.getConnectionMetaData().getRemoteSocketAddress();
        // If the connection has just gone, no client will read the answer, but the request would still be executed.
        return address instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress()
                : GONE;
    }

    /**
     * Returns the address as text, for headers, logs and pages alike: IPv6 as RFC 5952 has it, an IPv4-mapped address as
     * IPv4, and without a zone, which is meaningless elsewhere.
     */
    public static String text(InetAddress address) {
        return address instanceof Inet4Address
                ? address.getHostAddress()
                : Networks.canonical(address).toCanonicalString();
    }
}
