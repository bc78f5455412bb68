package gateway.check;

import gateway.net.ListenPort;
import gateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reports whether the ports can be had now; if not, the gateway would not start. */
final class PortCheck {
    private static final Path MIGRATE = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");

    private PortCheck() {}

    static void show(Settings settings, Report report) {
        boolean shared = settings.reusePort();
        Set<String> problems = new LinkedHashSet<>(); // an address that can't be had is a problem of several ports
        for (ListenPort port : settings.listenPorts()) {
            port.problem(shared)
                    .ifPresentOrElse(problems::add, () -> report.ok(port.portSetting() + ": " + words(port, shared)));
        }
        problems.forEach(report::missing);
        if (shared) {
            checkKernel(report);
        }
    }

    private static String words(ListenPort port, boolean shared) {
        if (port.port() == 0) {
            return "any free port";
        }
        return shared && port.problem(false).isPresent() ? "in use by a gateway that shares it" : "free";
    }

    /**
     * Checks a kernel setting without which a connection that arrives just as the old gateway closes its port may be
     * reset.
     */
    private static void checkKernel(Report report) {
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
