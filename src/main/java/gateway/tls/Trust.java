package gateway.tls;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import nl.altindag.ssl.util.TrustManagerUtils;

/**
 * Trusts certificates signed by Java's CAs or by the CAs in a file, for TLS connections that this process opens. The
 * HTTP client checks that a certificate names the host.
 *
 * @param sockets opens TLS connections with these CAs
 * @param manager checks certificates against these CAs
 */
public record Trust(SSLSocketFactory sockets, X509TrustManager manager) {
    /**
     * Returns the trust in certificates of https:// services.
     *
     * @throws InvalidSettings if the file in GATEWAY_BACKEND_CA can't be used
     */
    public static Trust inServices(Settings settings) {
        return settings.backendCa()
                .map(file -> javasAnd(TlsSettings.BACKEND_CA.name(), file))
                .orElseGet(() -> by(javas()));
    }

    /**
     * Returns a trust in Java's CAs and those in this file.
     *
     * @param setting the setting that names the file, for messages
     * @throws InvalidSettings if the file can't be used; the message says why
     */
    public static Trust javasAnd(String setting, Path file) {
        return by(TrustManagerUtils.combine(
                TrustManagerUtils.createTrustManagerWithJdkTrustedCertificates(), ofFile(setting, file)));
    }

    /** Java's own, without the classes that combine it with others: a start needs them only then. */
    private static X509ExtendedTrustManager javas() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM can't do TLS", e);
        }
    }

    private static Trust by(X509ExtendedTrustManager manager) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return new Trust(new NamingSockets(context.getSocketFactory()), manager);
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
