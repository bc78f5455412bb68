package gateway.settings;

import gateway.net.Networks;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who may change the gateway and read what is private.
 *
 * @param token what must be shown for it; empty: nothing, but only this machine itself may
 * @param host the address at which the port of its own listens
 * @param port a port for that alone, 0 for a free one; empty: it is on the main port
 */
public record AccessSettings(Optional<String> token, String host, Optional<Integer> port) {
    private static final int SHORTEST = 16;

    public static final Setting<Optional<String>> TOKEN = Setting.secret(
            "GATEWAY_ADMIN_TOKEN",
            "",
            "whoever shows it may change things and read what is private; without one, only this machine may",
            AccessSettings::token);
    public static final Setting<Optional<String>> TOKEN_FILE = new Setting<>(
            "GATEWAY_ADMIN_TOKEN_FILE",
            "",
            "a file with the token instead, read at the start",
            AccessSettings::tokenIn);
    static final Setting<String> HOST =
            new Setting<>("GATEWAY_ADMIN_HOST", "127.0.0.1", "address of the admin port", Settings::host);
    static final Setting<Optional<Integer>> PORT = Setting.optional(Setting.integer(
            "GATEWAY_ADMIN_PORT",
            "",
            0,
            65535,
            "a port of its own for changes and what is private; 0 takes a free one"));

    static final List<Setting<?>> ALL = List.of(TOKEN, TOKEN_FILE, HOST, PORT);

    /** @param mainPort the one that isn't for that alone */
    static AccessSettings read(SettingsReader reader, int mainPort) {
        AccessSettings settings = new AccessSettings(tokenOf(reader), reader.read(HOST), reader.read(PORT));
        if (settings.port.isPresent()) {
            settings.complain(reader, mainPort);
        }
        return settings;
    }

    private void complain(SettingsReader reader, int mainPort) {
        if (mainPort != 0 && port.get() == mainPort) {
            reader.complain(PORT, reader.text(PORT), "is GATEWAY_PORT, too; expected a port of its own");
        }
        if (token.isEmpty() && !isLoopback(host)) { // where nobody could be let in, whoever reaches it
            reader.complain(
                    HOST,
                    host,
                    "set " + TOKEN.name()
                            + ", too; without one only this machine may, which reaches 127.0.0.1 as well");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || Networks.address(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** The token alone, as whoever speaks to a gateway needs it. */
    public static Optional<String> tokenOf(SettingsReader reader) {
        Optional<String> token = reader.read(TOKEN);
        Optional<String> fromFile = reader.read(TOKEN_FILE);
        if (token.isPresent() && fromFile.isPresent()) {
            reader.complain(
                    TOKEN_FILE, reader.text(TOKEN_FILE), "there is a GATEWAY_ADMIN_TOKEN, too; set one of them");
        }
        return token.or(() -> fromFile);
    }

    /** Only what a header takes as it is (RFC 6750, 2.1), and long enough that nobody guesses it. */
    private static Optional<String> token(String text) {
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

    /** Without the token. */
    @Override
    public String toString() {
        return "AccessSettings[" + (token.isPresent() ? "a token" : "no token") + ", " + host + ":" + port + "]";
    }
}
