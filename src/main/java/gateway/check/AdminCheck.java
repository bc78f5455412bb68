package gateway.check;

import gateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/** Says who may change things; the token itself has been read with the settings, or they would be bad. */
final class AdminCheck {
    private static final String TOKEN_FILE = "GATEWAY_ADMIN_TOKEN_FILE";

    private AdminCheck() {}

    static void show(Settings settings, Map<String, String> environment, Report report) {
        if (settings.access().token().isPresent()) {
            report.ok("admin: whoever shows the token may change things and read what is private");
        } else {
            showWithoutToken(settings, report);
        }
        String file = environment.getOrDefault(TOKEN_FILE, "").strip();
        if (!file.isEmpty() && isOpen(Path.of(file))) {
            report.note(TOKEN_FILE + "=" + file + ": every user of this machine may read it; chmod 600 it");
        }
    }

    private static void showWithoutToken(Settings settings, Report report) {
        boolean ownPort = settings.access().port().isPresent();
        if (settings.clients().forwardedBy().trustsLocalhost()
                || settings.clients().proxyProtocol() && !ownPort) {
            report.note("admin: nobody may change things or read what is private: what comes from this machine may be a"
                    + " trusted proxy's; set GATEWAY_ADMIN_TOKEN");
            return;
        }
        report.ok("admin: without a token, only this machine may change things and read what is private");
        if (!ownPort) {
            report.note(
                    "admin: with a proxy, a tunnel or a TLS terminator on this machine, strangers may be taken for it;"
                            + " then set GATEWAY_ADMIN_TOKEN or GATEWAY_ADMIN_PORT, or, if it says itself for whom it"
                            + " asks, name it in GATEWAY_TRUSTED_PROXIES");
        }
    }

    private static boolean isOpen(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // where there are no such permissions, there is nothing to say of them
        }
    }
}
