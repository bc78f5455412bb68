package gateway.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A port that a program is to listen on, and the settings that say so.
 *
 * @param portSetting the port's setting with its value, like {@code GATEWAY_PORT=8000}
 * @param port the port; 0 for any free one
 * @param hostSetting the address's setting with its value, like {@code GATEWAY_HOST=127.0.0.1}
 * @param host the address to listen on
 */
public record ListenPort(String portSetting, int port, String hostSetting, String host) {
    private static final int LAST_PRIVILEGED = 1023;

    /**
     * Finds out whether the ports can be had now.
     *
     * @param shared whether other programs may listen there, too, if they allow it as well (SO_REUSEPORT)
     * @throws PortUnavailable if one of them can't; the message has a line for each problem
     */
    public static void require(List<ListenPort> ports, boolean shared) {
        String problems = ports.stream()
                .flatMap(port -> port.problem(shared).stream())
                .distinct()
                .collect(Collectors.joining(System.lineSeparator()));
        if (!problems.isEmpty()) {
            throw new PortUnavailable(problems);
        }
    }

    /**
     * Returns why the port can't be had now: the setting and its value, the reason, and what to do; empty if it can. It is
     * bound for a moment without listening, so a client that connects meanwhile notices no difference.
     *
     * @param shared whether other programs may listen there, too, if they allow it as well (SO_REUSEPORT)
     */
    public Optional<String> problem(boolean shared) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return Optional.of(hostSetting + ": this name has no address; " + expectedHost());
        }
        try {
            bind(new InetSocketAddress(address, port), shared);
            return Optional.empty();
        } catch (IOException | RuntimeException e) { // one that is no IOException: there is no IPv6 here
            String failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Optional.of(explain(address, failure, shared));
        }
    }

    /** Binds with the options that Jetty sets, so that the result is the same. */
    private static void bind(InetSocketAddress address, boolean shared) throws IOException {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (shared) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address);
        }
    }

    private String explain(InetAddress address, String failure, boolean shared) {
        if (failure.contains("Permission denied")) {
            return portSetting + ": this user may not listen there; choose a port above " + LAST_PRIVILEGED
                    + ", or grant CAP_NET_BIND_SERVICE";
        }
        if (!failure.contains("in use")) {
            return hostSetting + ": can't be listened on (" + failure + "); " + expectedHost();
        }
        String holder = PortHolder.of(address, port).orElse("another process");
        return shared
                ? portSetting + ": in use by " + holder
                        + ", which doesn't share it: it runs without GATEWAY_REUSE_PORT=true, or as another user; stop it"
                        + " or choose another port"
                : portSetting + ": in use by " + holder + "; stop that or choose another port";
    }

    private static String expectedHost() {
        return "expected an address of this machine, like " + OwnAddress.some().collect(Collectors.joining(", "))
                + ", or 0.0.0.0 for all";
    }
}
