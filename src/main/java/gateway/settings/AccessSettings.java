package gateway.settings;

import gateway.net.Networks;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Admin access: who may change the gateway and read private data.
 *
 * @param token the token that admin requests must carry; empty if none, so that only clients on this machine have
 * access
 * @param host the address of the admin port
 * @param port a separate admin port, 0 for any free one; empty if the admin API is on the main port
 */
public record AccessSettings(Optional<String> token, String host, Optional<Integer> port) {
    private static final int SHORTEST = 16;

    public static final Setting<Optional<String>> TOKEN = Setting.secret(
            "GATEWAY_ADMIN_TOKEN",
            "",
            "token required for changes and private data; without one, only clients on this machine have access",
            AccessSettings::token);
    public static final Setting<Optional<String>> TOKEN_FILE = new Setting<>(
            "GATEWAY_ADMIN_TOKEN_FILE",
            "",
            "file that holds the token instead, read at the start",
            AccessSettings::tokenIn);
    static final Setting<String> HOST =
            new Setting<>("GATEWAY_ADMIN_HOST", "127.0.0.1", "address of the admin port", Settings::host);
    static final Setting<Optional<Integer>> PORT = Setting.optional(Setting.integer(
            "GATEWAY_ADMIN_PORT", "8100", 0, 65535, "separate port for changes and private data; 0 for any free one"));

    static final List<Setting<?>> ALL = List.of(TOKEN, TOKEN_FILE, HOST, PORT);

    /** @param mainPort the gateway's main port */
    static AccessSettings read(SettingsReader reader, int mainPort) {
        AccessSettings settings = new AccessSettings(tokenOf(reader), reader.read(HOST), reader.read(PORT));
        if (settings.port.isPresent()) {
            settings.report(reader, mainPort);
        }
        return settings;
    }

    private void report(SettingsReader reader, int mainPort) {
        if (mainPort != 0 && port.get() == mainPort) {
            reader.report(PORT, reader.text(PORT), "is the same as GATEWAY_PORT; expected another port");
        }
        if (token.isEmpty() && !isLoopback(host)) { // then no client that reaches the port has access
            reader.report(
                    HOST,
                    host,
                    "set " + TOKEN.name()
                            + ", too; without a token only clients on this machine have access, for which 127.0.0.1 is enough");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || Networks.address(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** Reads only the token, for programs that talk to a gateway. */
    public static Optional<String> tokenOf(SettingsReader reader) {
        Optional<String> token = reader.read(TOKEN);
        Optional<String> fromFile = reader.read(TOKEN_FILE);
        if (token.isPresent() && fromFile.isPresent()) {
            reader.report(TOKEN_FILE, reader.text(TOKEN_FILE), "GATEWAY_ADMIN_TOKEN is set, too; set only one of them");
        }
        return token.or(() -> fromFile);
    }

    /** Accepts only the characters of a bearer token (RFC 6750, 2.1), and only tokens that are too long to guess. */
    static Optional<String> token(String text) {
        String token = text.strip();
        if (token.isEmpty()) {
            return Optional.empty();
        }
        if (token.length() < SHORTEST || !token.matches("[A-Za-z0-9._~+/-]+=*")) {
            throw new IllegalArgumentException("expected at least " + SHORTEST
                    + " letters, digits or -._~+/ without spaces, as \"openssl rand -hex 32\" prints them");
        }
        return Optional.of(token);
    }

    private static Optional<String> tokenIn(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        String content;
        try {
            content = Files.readString(Path.of(text.strip()));
        } catch (NoSuchFileException e) { // its message, like that of the next, is the path alone
            throw new IllegalArgumentException("doesn't exist");
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException("may not be read by the user of this process");
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("can't be read: " + e.getMessage());
        }
        if (content.isBlank()) {
            throw new IllegalArgumentException("the file is empty; expected the token in it");
        }
        try {
            return token(content);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("in the file: " + e.getMessage());
        }
    }

    /** Returns the settings without the token. */
    @Override
    public String toString() {
        return "AccessSettings[" + (token.isPresent() ? "a token" : "no token") + ", " + host + ":" + port + "]";
    }
}
