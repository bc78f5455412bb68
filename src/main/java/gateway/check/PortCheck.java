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
 * Says whether the ports can be had. They are bound for a moment, and never listened on: whoever connects meanwhile is
 * told what he would be told without it. A port that a gateway has already is no fault: it may be the one to replace.
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
            check.lookAtTheKernel();
        }
    }

    /** @param tells whether a gateway would say there, in plain HTTP, that it is one */
    private void look(String name, String host, int port, boolean tells) {
        String what = name + "=" + port + ": ";
        if (port == 0) {
            report.ok(what + "takes a free one");
            return;
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            bind(new InetSocketAddress(address, port));
            report.ok(what + (taken(address, port) ? "another gateway's, with which it can be shared" : "is free"));
        } catch (UnknownHostException e) {
            report.missing(what + host + " is no address of this machine");
        } catch (SocketException e) {
            explain(what, host, port, tells, e);
        } catch (IOException e) {
            report.missing(what + "can't be had: " + e.getMessage());
        }
    }

    /** Jetty sets the same options, so the answer is the one that it would get. */
    private void bind(InetSocketAddress address) throws IOException {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (shared) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address);
        }
    }

    private void explain(String what, String host, int port, boolean tells, SocketException failure) {
        String words = String.valueOf(failure.getMessage());
        if (words.contains("Permission denied")) {
            report.missing(
                    what + "this user may not listen there; take one above 1023, or give it CAP_NET_BIND_SERVICE");
        } else if (!(failure instanceof BindException) || !words.contains("in use")) {
            report.missing(what + "can't be had at " + host + ": " + words);
        } else if (shared) {
            report.missing(what + "is taken, and not shared: who listens there has no GATEWAY_REUSE_PORT=true, or is"
                    + " another user's");
        } else if (!tells) {
            report.note(what + "is taken; unless that is the gateway to be replaced, this one can't start");
        } else if (isGateway(host, port)) {
            report.ok(what + "is taken, by a gateway that runs");
        } else {
            report.missing(what + "is taken, and not by a gateway; end what listens there or take another port");
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

    /** Without it, a connection that arrives in the moment when the old gateway closes its port may be reset. */
    private void lookAtTheKernel() {
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
