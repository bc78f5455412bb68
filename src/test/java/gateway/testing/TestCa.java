package gateway.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import nl.altindag.ssl.util.KeyManagerUtils;
import nl.altindag.ssl.util.TrustManagerUtils;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a test. What it issues is valid for an hour from an hour ago. */
public final class TestCa {
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "Ed25519", "Ed25519");

    private final KeyPair keys;
    private final X509Certificate certificate;
    private long serial;

    public TestCa(String name) throws Exception {
        keys = keys("EC");
        X500Name self = new X500Name("CN=" + name);
        JcaX509v3CertificateBuilder builder = builder(self, self, keys, hourFrom(Instant.now()));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        certificate = signed(builder);
    }

    /** A key pair of this kind: RSA, EC or Ed25519. */
    public static KeyPair keys(String kind) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (!kind.equals("Ed25519")) {
            generator.initialize(kind.equals("RSA") ? 2048 : 256);
        }
        return generator.generateKeyPair();
    }

    /** A certificate for these names and addresses. */
    public Issued issue(String... names) throws Exception {
        return issue(keys("EC"), Instant.now(), names);
    }

    /**
     * A certificate for these names and addresses.
     *
     * @param middle half an hour before it ends
     */
    public Issued issue(KeyPair own, Instant middle, String... names) throws Exception {
        return issue(own, hourFrom(middle), names);
    }

    /** A certificate for these names and addresses that is valid until this time, from an hour ago. */
    public Issued issueUntil(Instant end, String... names) throws Exception {
        return issue(keys("EC"), new Instant[] {Instant.now().minus(Duration.ofHours(1)), end}, names);
    }

    /** A certificate whose only name is the common name in its subject. */
    public Issued issueForCommonName(String name) throws Exception {
        KeyPair own = keys("EC");
        return new Issued(signed(subject(own, hourFrom(Instant.now()), name)), own.getPrivate());
    }

    private JcaX509v3CertificateBuilder subject(KeyPair own, Instant[] times, String name) {
        return builder(name(certificate), new X500Name("CN=" + name), own, times);
    }

    private Issued issue(KeyPair own, Instant[] times, String... names) throws Exception {
        JcaX509v3CertificateBuilder builder = subject(own, times, names[0]);
        GeneralName[] all = Arrays.stream(names)
                .map(name -> new GeneralName(
                        name.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
        return new Issued(signed(builder), own.getPrivate());
    }

    private static X500Name name(X509Certificate certificate) {
        return new X500Name(certificate.getSubjectX500Principal().getName());
    }

    private static Instant[] hourFrom(Instant middle) {
        return new Instant[] {middle.minus(Duration.ofMinutes(30)), middle.plus(Duration.ofMinutes(30))};
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair own, Instant[] times) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(System.nanoTime() + serial++),
                Date.from(times[0]),
                Date.from(times[1]),
                subject,
                own.getPublic());
    }

    private X509Certificate signed(JcaX509v3CertificateBuilder builder) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder(SIGNATURES.get("EC")).build(keys.getPrivate())));
    }

    /** Its own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Its own certificate as PEM. */
    public String pem() throws IOException {
        return TestCa.pem(certificate);
    }

    /** Writes its own certificate there. */
    public Path writeTo(Path file) throws IOException {
        return Files.writeString(file, pem());
    }

    /** A client that believes this authority, and shows nothing of its own. */
    public SSLContext client() throws Exception {
        return context(null);
    }

    /** A client that believes this authority and shows a certificate. */
    public SSLContext client(Issued own) throws Exception {
        return context(new KeyManager[] {own.manager()});
    }

    private SSLContext context(KeyManager[] shown) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown, new TrustManager[] {TrustManagerUtils.createTrustManager(List.of(certificate))}, null);
        return context;
    }

    /** Anything that has a PEM form of openssl's, by its kind. */
    public static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    /** A certificate and its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /** The certificate as PEM. */
        public String certificatePem() throws IOException {
            return pem(certificate);
        }

        /** The key as PEM, PKCS#8. */
        public String keyPem() {
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
        }

        /** Writes both into this folder as cert.pem and key.pem; returns the settings that name them. */
        public Map<String, String> writeTo(Path folder) throws IOException {
            Files.writeString(folder.resolve("cert.pem"), certificatePem());
            Files.writeString(folder.resolve("key.pem"), keyPem());
            return Map.of(
                    "GATEWAY_TLS_CERT",
                    folder.resolve("cert.pem").toString(),
                    "GATEWAY_TLS_KEY",
                    folder.resolve("key.pem").toString());
        }

        private KeyManager manager() {
            return KeyManagerUtils.createKeyManager(key, new X509Certificate[] {certificate});
        }

        /** A server that shows it. */
        public SSLContext server() throws Exception {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {manager()}, null, null);
            return context;
        }
    }
}
