package gateway.check;

import gateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/** Reports who may change things. A bad token has been reported already, with the settings. */
final class AdminCheck {
    private static final String TOKEN_FILE = "GATEWAY_ADMIN_TOKEN_FILE";

    private AdminCheck() {}

    static void show(Settings settings, Map<String, String> environment, Report report) {
        if (settings.access().token().isPresent()) {
            report.ok("admin: changes and private data require the token");
        } else {
            showWithoutToken(settings, report);
        }
        String file = environment.getOrDefault(TOKEN_FILE, "").strip();
        if (!file.isEmpty() && isOpen(Path.of(file))) {
            report.note(TOKEN_FILE + "=" + file + ": every user of this machine can read it; chmod 600 it");
        }
    }

    private static void showWithoutToken(Settings settings, Report report) {
        boolean ownPort = settings.access().port().isPresent();
        if (settings.clients().trustedProxies().trustsLocalhost()
                || settings.clients().proxyProtocol() && !ownPort) {
            report.note(
                    "admin: no client may change anything or read private data: a connection from this machine may be a"
                            + " trusted proxy's; set GATEWAY_ADMIN_TOKEN");
            return;
        }
        report.ok("admin: without a token, only clients on this machine may change anything or read private data");
        if (!ownPort) {
            report.note("admin: with a proxy, a tunnel or a TLS terminator on this machine that runs as root or as"
                    + " the gateway's user (or as anybody, where the system isn't Linux), remote clients look local;"
                    + " then set GATEWAY_ADMIN_TOKEN or GATEWAY_ADMIN_PORT or, if it names its clients in a header,"
                    + " add it to GATEWAY_TRUSTED_PROXIES");
        }
    }

    private static boolean isOpen(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // this file system has no such permissions
        }
    }
}
