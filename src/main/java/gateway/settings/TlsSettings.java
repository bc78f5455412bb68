package gateway.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS towards clients.
 *
 * @param certificate PEM: the certificate, and those between it and its CA
 * @param key PEM: its private key
 * @param redirectPort where HTTP is answered with the way to HTTPS; empty: nowhere
 * @param clientCa PEM: who signs clients' certificates, which then are asked for; empty: none is
 */
public record TlsSettings(Path certificate, Path key, Optional<Integer> redirectPort, Optional<Path> clientCa) {

    static final Setting<Optional<Path>> CERTIFICATE = file(
            "GATEWAY_TLS_CERT",
            "a PEM file with the certificate and those up to its CA; HTTPS on the main port with it");
    static final Setting<Optional<Path>> KEY = file("GATEWAY_TLS_KEY", "a PEM file with the certificate's private key");
    static final Setting<Optional<Integer>> REDIRECT_PORT = Setting.optional(Setting.integer(
            "GATEWAY_HTTP_REDIRECT_PORT", "", 0, 65535, "a port where HTTP is sent to HTTPS; 0 takes a free one"));
    static final Setting<Optional<Path>> CLIENT_CA =
            file("GATEWAY_TLS_CLIENT_CA", "a PEM file with the CAs of clients, who then must show a certificate");
    public static final Setting<Optional<Path>> BACKEND_CA =
            file("GATEWAY_BACKEND_CA", "a PEM file with CAs to believe https:// services by, beside the usual ones");

    static final List<Setting<?>> ALL = List.of(CERTIFICATE, KEY, REDIRECT_PORT, CLIENT_CA, BACKEND_CA);

    /** Reads them; empty if there is neither a certificate nor a key. */
    static Optional<TlsSettings> read(SettingsReader reader) {
        Optional<Path> certificate = reader.read(CERTIFICATE);
        Optional<Path> key = reader.read(KEY);
        Optional<Integer> redirectPort = reader.read(REDIRECT_PORT);
        Optional<Path> clientCa = reader.read(CLIENT_CA);
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
        reader.complain(setting, text, "does nothing without " + other.name() + "; set that, too");
    }

    /** Whether it holds what it should is seen by who reads it. */
    public static Setting<Optional<Path>> file(String name, String meaning) {
        return new Setting<>(name, "", meaning, text -> {
            try {
                return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("isn't a path: " + e.getReason());
            }
        });
    }
}
