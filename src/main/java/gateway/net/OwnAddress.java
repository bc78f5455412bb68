package gateway.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.stream.Stream;

/** Addresses of this machine. */
public final class OwnAddress {
    private static final int MOST_NAMED = 3;

    private OwnAddress() {}

    /**
     * Returns {@code host:port} at which others reach a server. For a server that listens on all addresses, takes the
     * machine's first that isn't loopback, IPv4 before IPv6.
     *
     * @param host the address that the server listens on
     */
    public static String of(String host, int port) {
        return new ServiceUrl("http", host(host), port, "").authority();
    }

    private static String host(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress()
                    ? outward().findFirst().orElse(host)
                    : host;
        } catch (UnknownHostException | SocketException e) {
            return host;
        }
    }

    /**
     * Returns {@code host:port} at which a client on this machine reaches a server. For a server that listens on all
     * addresses, that is localhost.
     *
     * @param host the address that the server listens on
     */
    public static String here(String host, int port) {
        return new ServiceUrl("http", isAll(host) ? "localhost" : host, port, "").authority();
    }

    /** Returns whether a server that listens on this address listens on all of the machine's. */
    public static boolean isAll(String host) {
        return Networks.address(host).filter(InetAddress::isAnyLocalAddress).isPresent();
    }

    /** Returns a few addresses of this machine that a server may listen on, loopback first. */
    static Stream<String> some() {
        Stream<String> loopback = Stream.of("127.0.0.1");
        try {
            return Stream.concat(loopback, outward().limit(MOST_NAMED));
        } catch (SocketException e) {
            return loopback;
        }
    }

    private static Stream<String> outward() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .filter(OwnAddress::isUp)
                .sorted(Comparator.comparing(NetworkInterface::getIndex))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .sorted(Comparator.comparing(address -> !(address instanceof Inet4Address)))
                .map(Peer::text);
    }

    /** Returns whether the address is one of this machine's. */
    public static boolean isHere(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
