package gateway.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes the sockets to services. They connect only to addresses that services may have. This checks the very address
 * that is connected to, whatever the name resolved to when the service registered, and however the service came to the
 * list.
 */
public class ServiceSockets extends SocketFactory {
    /** Thrown in place of a connection to an address that services may not have. */
    public static final class Forbidden extends IOException {
        private static final long serialVersionUID = 1;

        Forbidden(String message) {
            super(message);
        }
    }

    private final ServiceAddresses addresses;
    private final ChannelSelector selector;

    /** @param addresses the addresses to which sockets may connect */
    public ServiceSockets(ServiceAddresses addresses) {
        this(addresses, null);
    }

    /**
     * @param addresses the addresses to which sockets may connect
     * @param selector what their threads wait for once they are connected; null for the sockets themselves
     */
    public ServiceSockets(ServiceAddresses addresses, ChannelSelector selector) {
        this.addresses = addresses;
        this.selector = selector;
    }

    @Override
    public ServiceSocket createSocket() throws IOException {
        return new ServiceSocket(addresses, selector);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress own, int ownPort) throws IOException {
        return createSocket(InetAddress.getByName(host), port, own, ownPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host, port, null, 0);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress own, int ownPort) throws IOException {
        Socket socket = createSocket();
        try {
            socket.bind(new InetSocketAddress(own, ownPort));
            socket.connect(new InetSocketAddress(host, port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
