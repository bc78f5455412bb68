package gateway.tls;

import gateway.settings.InvalidSettings;
import gateway.settings.TlsSettings;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import nl.altindag.ssl.util.KeyManagerUtils;
import nl.altindag.ssl.util.TrustManagerUtils;

/**
 * The gateway's certificate for clients: its chain up to the CA, its key, and the CAs of client certificates if these
 * are required.
 *
 * @param chain the gateway's own certificate, then those above it
 * @param key the private key of the gateway's own certificate
 * @param clientCas the CAs of client certificates; empty if clients need none
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientCas) {
    /** From a key's algorithm to a signature algorithm. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    /**
     * Reads the files.
     *
     * @throws InvalidSettings if a file can't be used; names each such file and why
     */
    public static ServerCertificate read(TlsSettings settings) {
        List<String> problems = new ArrayList<>();
        Optional<List<X509Certificate>> chain =
                read("GATEWAY_TLS_CERT", settings.certificate(), Pem::certificates, problems);
        Optional<PrivateKey> key = read("GATEWAY_TLS_KEY", settings.key(), Pem::key, problems);
        List<X509Certificate> clientCas = settings.clientCa()
                .flatMap(file -> read("GATEWAY_TLS_CLIENT_CA", file, Pem::certificates, problems))
                .orElse(List.of());
        if (chain.isPresent() && key.isPresent()) {
            mismatch(chain.get().get(0).getPublicKey(), key.get(), settings.certificate())
                    .ifPresent(words -> problems.add("GATEWAY_TLS_KEY=" + settings.key() + ": " + words));
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
        return new ServerCertificate(chain.get(), key.get(), clientCas);
    }

    private static <T> Optional<T> read(String name, Path file, Function<String, T> parser, List<String> problems) {
        try {
            return Optional.of(parser.apply(Pem.text(file)));
        } catch (IllegalArgumentException e) {
            problems.add(name + "=" + file + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Returns why key and certificate don't belong together; empty if they do. */
    private static Optional<String> mismatch(PublicKey certified, PrivateKey key, Path certificate) {
        try {
            byte[] anything = new byte[32];
            Signature signature = Signature.getInstance(SIGNATURES.get(key.getAlgorithm()));
            signature.initSign(key);
            signature.update(anything);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(anything);
            if (signature.verify(signed)) {
                return Optional.empty();
            }
        } catch (GeneralSecurityException e) {
            // different algorithms: they don't belong together either
        }
        return Optional.of("doesn't belong to the first certificate in " + certificate);
    }

    /**
     * Returns whether the gateway's own certificate is valid at this time. Those above it don't count: clients may have
     * others.
     */
    boolean isValidAt(Instant now) {
        return !now.isBefore(begin()) && now.isBefore(end());
    }

    /** Returns the host names and addresses for which the gateway's own certificate is; its common name if it lists none. */
    public List<String> names() {
        return CertificateNames.of(chain.get(0));
    }

    /** Returns the common name of the CA that issued the gateway's own certificate; its whole name if that has none. */
    public String issuer() {
        return CertificateNames.commonName(chain.get(0).getIssuerX500Principal());
    }

    /** Returns from when on the gateway's own certificate is valid. */
    Instant begin() {
        return chain.get(0).getNotBefore().toInstant();
    }

    /** Returns when the gateway's own certificate ends. */
    public Instant end() {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** Describes the gateway's own certificate for the log: its subject and its end. */
    public String words() {
        X509Certificate own = chain.get(0);
        return own.getSubjectX500Principal().getName() + ", valid until "
                + own.getNotAfter().toInstant();
    }

    /** Returns a TLS context with this certificate. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager shown = KeyManagerUtils.createKeyManager(key, chain.toArray(X509Certificate[]::new));
            TrustManager[] believed =
                    clientCas.isEmpty() ? null : new TrustManager[] {TrustManagerUtils.createTrustManager(clientCas)};
            context.init(new KeyManager[] {shown}, believed, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM can't do TLS with " + words(), e);
        }
    }
}
