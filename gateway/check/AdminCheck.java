package gateway.check;

import gateway.Settings;
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
        report.ok(
                settings.access().token().isPresent()
                        ? "admin: whoever shows the token may change things and read what is private"
                        : "admin: without a token, only this machine may change things and read what is private");
        String file = environment.getOrDefault(TOKEN_FILE, "").strip();
        if (!file.isEmpty() && isOpen(Path.of(file))) {
            report.note(TOKEN_FILE + "=" + file + ": every user of this machine may read it; chmod 600 it");
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
