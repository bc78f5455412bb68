package gateway.admin;

import gateway.ServiceUrl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Tells whether a URL leads to this very gateway: a service at such an address would be a loop. */
final class OwnAddress {
    private OwnAddress() {}

    /**
     * Whether the host is one of this machine's addresses and the port is the gateway's.
     *
     * @param port the port that the gateway listens on
     */
    static boolean is(ServiceUrl url, int port) {
        if (url.port() != port) {
            return false;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(url.host())) {
                if (address.isAnyLocalAddress()
                        || address.isLoopbackAddress()
                        || NetworkInterface.getByInetAddress(address) != null) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException | SocketException e) {
            return false; // its first check will say that it can't be reached
        }
    }
}
