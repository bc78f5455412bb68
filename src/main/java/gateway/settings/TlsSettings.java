package gateway.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS towards clients.
 *
 * @param certificate PEM file with the certificate chain: the server certificate and those up to its CA
 * @param key PEM file with its private key
 * @param redirectPort the port that redirects HTTP to HTTPS; empty if none
 * @param clientCa PEM file with the CAs of client certificates, which are then required; empty if none are
 */
public record TlsSettings(Path certificate, Path key, Optional<Integer> redirectPort, Optional<Path> clientCa) {

    static final Setting<Optional<Path>> CERTIFICATE =
            file("GATEWAY_TLS_CERT", "PEM file with the certificate chain; turns on HTTPS on the main port");
    static final Setting<Optional<Path>> KEY = file("GATEWAY_TLS_KEY", "PEM file with the certificate's private key");
    static final Setting<Optional<Integer>> REDIRECT_PORT = Setting.optional(Setting.integer(
            "GATEWAY_HTTP_REDIRECT_PORT", "8080", 0, 65535, "port that redirects HTTP to HTTPS; 0 for any free one"));
    static final Setting<Optional<Path>> CLIENT_CA =
            file("GATEWAY_TLS_CLIENT_CA", "PEM file with the CAs of client certificates, which are then required");
    public static final Setting<Optional<Path>> BACKEND_CA =
            file("GATEWAY_BACKEND_CA", "PEM file with CAs to trust for https:// services, beside Java's");

    static final List<Setting<?>> ALL = List.of(CERTIFICATE, KEY, REDIRECT_PORT, CLIENT_CA, BACKEND_CA);

    /**
     * Reads the settings; empty if there is no certificate or no key.
     *
     * @param mainPort the gateway's main port
     */
    static Optional<TlsSettings> read(SettingsReader reader, int mainPort) {
        Optional<Path> certificate = reader.read(CERTIFICATE);
        Optional<Path> key = reader.read(KEY);
        Optional<Integer> redirectPort = reader.read(REDIRECT_PORT);
        Optional<Path> clientCa = reader.read(CLIENT_CA);
        redirectPort
                .filter(port -> port != 0 && port == mainPort)
                .ifPresent(port -> reader.report(
                        REDIRECT_PORT, port.toString(), "is the same as GATEWAY_PORT; expected another port"));
        if (certificate.isPresent() && key.isPresent()) {
            return Optional.of(new TlsSettings(certificate.get(), key.get(), redirectPort, clientCa));
        }
        certificate.ifPresent(path -> needs(reader, CERTIFICATE, path.toString(), KEY));
        key.ifPresent(path -> needs(reader, KEY, path.toString(), CERTIFICATE));
        redirectPort.ifPresent(port -> needs(reader, REDIRECT_PORT, port.toString(), CERTIFICATE));
        clientCa.ifPresent(path -> needs(reader, CLIENT_CA, path.toString(), CERTIFICATE));
        return Optional.empty();
    }

    private static void needs(SettingsReader reader, Setting<?> setting, String text, Setting<?> other) {
        reader.report(setting, text, "has no effect without " + other.name() + "; set that, too");
    }

    /** Returns a setting for a file's path. Whether the file holds what it should shows when it is read. */
    public static Setting<Optional<Path>> file(String name, String meaning) {
        return new Setting<>(name, "", meaning, text -> {
            if (text.contains("-----BEGIN")) {
                throw new IllegalArgumentException(
                        "expected the path of a file, not what is in it, like /etc/gateway/cert.pem");
            }
            try {
                return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("expected the path of a file: " + e.getReason());
            }
        });
    }
}
