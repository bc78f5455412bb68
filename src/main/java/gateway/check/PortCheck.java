package gateway.check;

import gateway.net.OwnAddress;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reports whether the ports can be bound. Each is bound for a moment without listening, so a client that connects
 * meanwhile notices no difference. A port that a gateway already uses is no fault: this may be the gateway to replace.
 */
final class PortCheck {
    private static final int TIMEOUT_MS = 1000;
    private static final int MOST_BYTES = 64 * 1024;
    private static final Path MIGRATE = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

    private final boolean shared;
    private final Report report;

    private PortCheck(boolean shared, Report report) {
        this.shared = shared;
        this.report = report;
    }

    static void show(Settings settings, Report report) {
        PortCheck check = new PortCheck(settings.reusePort(), report);
        check.look(
                "GATEWAY_PORT", settings.host(), settings.port(), settings.tls().isEmpty());
        settings.access()
                .port()
                .ifPresent(port ->
                        check.look("GATEWAY_ADMIN_PORT", settings.access().host(), port, true));
        settings.tls()
                .flatMap(TlsSettings::redirectPort)
                .ifPresent(port -> check.look("GATEWAY_HTTP_REDIRECT_PORT", settings.host(), port, false));
        if (settings.reusePort()) {
            check.checkKernel();
        }
    }

    /** @param plain whether a gateway there could be recognised by plain HTTP */
    private void look(String name, String host, int port, boolean plain) {
        String what = name + "=" + port + ": ";
        if (port == 0) {
            report.ok(what + "any free port");
            return;
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            bind(new InetSocketAddress(address, port));
            report.ok(what + (taken(address, port) ? "in use by a gateway that shares it" : "free"));
        } catch (UnknownHostException e) {
            report.missing(what + host + " is no address of this machine");
        } catch (SocketException e) {
            explain(what, host, port, plain, e);
        } catch (IOException e) {
            report.missing(what + "can't be bound: " + e.getMessage());
        }
    }

    /** Binds with the options that Jetty sets, so that the result is the same. */
    private void bind(InetSocketAddress address) throws IOException {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (shared) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address);
        }
    }

    private void explain(String what, String host, int port, boolean plain, SocketException failure) {
        String words = String.valueOf(failure.getMessage());
        if (words.contains("Permission denied")) {
            report.missing(
                    what + "this user may not listen there; choose a port above 1023, or grant CAP_NET_BIND_SERVICE");
        } else if (!(failure instanceof BindException) || !words.contains("in use")) {
            report.missing(what + "can't be bound at " + host + ": " + words);
        } else if (shared) {
            report.missing(what + "in use and not shared: that process runs without GATEWAY_REUSE_PORT=true, or as"
                    + " another user");
        } else if (!plain) {
            report.note(what + "in use; unless by the gateway that is to be replaced, this one can't start");
        } else if (isGateway(host, port)) {
            report.ok(what + "in use by a running gateway");
        } else {
            report.missing(what + "in use, and not by a gateway; stop that process or choose another port");
        }
    }

    private static boolean taken(InetAddress address, int port) {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(new InetSocketAddress(address, port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isGateway(String host, int port) {
        try {
            InetAddress address = InetAddress.getByName(host);
            String at = address.isAnyLocalAddress() ? "localhost:" + port : OwnAddress.of(host, port);
            HttpURLConnection asked = (HttpURLConnection)
                    URI.create("http://" + at + "/health").toURL().openConnection(Proxy.NO_PROXY);
            asked.setConnectTimeout(TIMEOUT_MS);
            asked.setReadTimeout(TIMEOUT_MS);
            asked.setInstanceFollowRedirects(false);
            try (var body = asked.getResponseCode() < 400 ? asked.getInputStream() : asked.getErrorStream()) {
                return body != null
                        && new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)
                                .contains("\"service\":\"API Gateway\"");
            } finally {
                asked.disconnect();
            }
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Checks a kernel setting without which a connection that arrives just as the old gateway closes its port may be
     * reset.
     */
    private void checkKernel() {
        try {
            if (Files.readString(MIGRATE).strip().equals("0")) {
                report.note("GATEWAY_REUSE_PORT: with \"sysctl -w net.ipv4.tcp_migrate_req=1\" the kernel hands over"
                        + " connections that are just being opened when the old gateway closes its port");
            }
        } catch (IOException e) {
            report.note(
                    "GATEWAY_REUSE_PORT: this kernel can't hand over connections that are just being opened when the"
                            + " old gateway closes its port (Linux 5.14 and later can)");
        }
    }
}
