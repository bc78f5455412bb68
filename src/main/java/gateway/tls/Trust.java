package gateway.tls;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import nl.altindag.ssl.util.TrustManagerUtils;

/**
 * Whose certificates are believed when this process opens a connection over TLS: those that Java believes, and those
 * signed by the CAs in a file. That a certificate names the host that was meant is looked at by who connects.
 *
 * @param sockets opens connections that are checked so
 * @param manager does the checking
 */
public record Trust(SSLSocketFactory sockets, X509TrustManager manager) {
    /**
     * Returns whose certificates the gateway accepts from https:// services; empty: Java's own alone.
     *
     * @throws InvalidSettings if the file that GATEWAY_BACKEND_CA names can't be used
     */
    public static Optional<Trust> inServices(Settings settings) {
        return settings.backendCa().map(file -> javasAnd(TlsSettings.BACKEND_CA.name(), file));
    }

    /**
     * Returns a trust in Java's own CAs and in those of this file.
     *
     * @param setting which names the file, for messages
     * @throws InvalidSettings saying why it can't be used
     */
    public static Trust javasAnd(String setting, Path file) {
        X509ExtendedTrustManager manager = TrustManagerUtils.combine(
                TrustManagerUtils.createTrustManagerWithJdkTrustedCertificates(), ofFile(setting, file));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return new Trust(context.getSocketFactory(), manager);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM can't do TLS", e);
        }
    }

    private static X509ExtendedTrustManager ofFile(String setting, Path file) {
        try {
            return TrustManagerUtils.createTrustManager(Pem.certificates(Pem.text(file)));
        } catch (IllegalArgumentException e) {
            throw new InvalidSettings(List.of(setting + "=" + file + ": " + e.getMessage()));
        }
    }
}
