package gateway.net;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/**
 * The other end of the TCP connection: the one address a client can't choose freely. Headers that claim another one,
 * like X-Forwarded-For, are not looked at.
 */
public final class Peer {
    /** Who has gone: nobody's address. Certainly not this machine's, which may do more than others. */
    private static final InetAddress GONE = nobody();

    private Peer() {}

    private static InetAddress nobody() {
        try {
            return InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are always an address", e);
        }
    }

    /** The peer's address, taken from the connection without turning it into text and back. */
    public static InetAddress address(HttpServletRequest request) {
        return address(ServletContextRequest.getServletContextRequest(request));
    }

    /** The same, of a request as Jetty has it. */
    public static InetAddress address(Request request) {
        SocketAddress address = request.getConnectionMetaData().getRemoteSocketAddress();
        // The connection may just have gone: nobody will read the answer, but what was asked for would still be done.
        return address instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress()
                : GONE;
    }

    /** The address as text, without IPv6's zone, which only means something on this machine. */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
