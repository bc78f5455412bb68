package gateway.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.settings.InvalidSettings;
import gateway.settings.TlsSettings;
import gateway.testing.TestCa;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pairs of files are taken, and in what words others are refused. */
class ServerCertificateTest {
    private static TestCa ca;
    private static TestCa.Issued good;

    @TempDir
    Path folder;

    @BeforeAll
    static void issue() throws Exception {
        ca = new TestCa("Test CA");
        good = ca.issue("localhost");
    }

    private ServerCertificate read(String certificate, String key) throws Exception {
        Path certificateFile = Files.writeString(folder.resolve("cert.pem"), certificate);
        Path keyFile = Files.writeString(folder.resolve("key.pem"), key);
        return ServerCertificate.read(new TlsSettings(certificateFile, keyFile, Optional.empty(), Optional.empty()));
    }

    private String refusal(String certificate, String key) {
        String words = assertThrows(InvalidSettings.class, () -> read(certificate, key))
                .getMessage()
                .replace(folder + "/", "");
        assertFalse(words.contains("MI"), "nothing of a key is shown: " + words);
        return words;
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void each_kind_of_key_is_taken_as_pkcs8(String kind) throws Exception {
        TestCa.Issued issued = ca.issue(TestCa.keys(kind), Instant.now(), "localhost");
        ServerCertificate certificate = read(issued.certificatePem(), issued.keyPem());
        assertEquals(issued.certificate(), certificate.chain().get(0));
        assertTrue(certificate.key().getClass().getName().startsWith("sun."), "the JDK's own, which is quicker");
    }

    @Test
    void names_issuer_and_end_are_those_of_the_certificate() throws Exception {
        TestCa.Issued issued = ca.issue("gateway.test", "www.gateway.test", "10.0.0.7");
        ServerCertificate certificate = read(issued.certificatePem(), issued.keyPem());
        assertEquals(List.of("gateway.test", "www.gateway.test", "10.0.0.7"), certificate.names());
        assertEquals("Test CA", certificate.issuer());
        assertEquals(issued.certificate().getNotAfter().toInstant(), certificate.end());
    }

    /** The authority's own certificate lists no names; another has a comma and no common name. */
    @Test
    void without_listed_names_or_a_common_name_the_subject_stands_for_them() {
        assertEquals(List.of("Test CA"), CertificateNames.of(ca.certificate()));
        assertEquals("A, B", CertificateNames.commonName(new X500Principal("O=C, CN=\"A, B\"")));
        assertEquals("O=C", CertificateNames.commonName(new X500Principal("O=C")));
    }

    @Test
    void an_rsa_key_is_taken_as_pkcs1() throws Exception {
        KeyPair keys = TestCa.keys("RSA");
        String pem = TestCa.pem(keys.getPrivate());
        assertTrue(pem.startsWith("-----BEGIN RSA PRIVATE KEY-----"), pem.substring(0, 30));
        read(ca.issue(keys, Instant.now(), "localhost").certificatePem(), pem);
    }

    /** As {@code openssl ecparam -genkey} writes it. */
    @Test
    void a_key_of_a_curve_is_taken_behind_the_curves_name() throws Exception {
        KeyPair keys = TestCa.keys("EC");
        var key = (java.security.interfaces.ECPrivateKey) keys.getPrivate();
        byte[] sec1 = new ECPrivateKey(
                        256,
                        key.getS(),
                        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
                                .getPublicKeyData(),
                        SECObjectIdentifiers.secp256r1)
                .getEncoded();
        String pem = TestCa.pem(new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()))
                + TestCa.pem(new PemObject("EC PRIVATE KEY", sec1));
        read(ca.issue(keys, Instant.now(), "localhost").certificatePem(), pem);
    }

    @Test
    void the_certificates_up_to_the_ca_are_kept_in_order() throws Exception {
        ServerCertificate certificate = read(good.certificatePem() + "\n" + ca.pem(), good.keyPem());
        assertEquals(2, certificate.chain().size());
        assertEquals(
                "CN=localhost",
                certificate.chain().get(0).getSubjectX500Principal().getName());
    }

    @Test
    void one_file_may_hold_both() throws Exception {
        String both = good.keyPem() + good.certificatePem();
        assertEquals(1, read(both, both).chain().size());
    }

    @Test
    void a_key_of_another_certificate_is_refused() throws Exception {
        assertEquals(
                "GATEWAY_TLS_KEY=key.pem: doesn't belong to the first certificate in cert.pem",
                refusal(good.certificatePem(), ca.issue("localhost").keyPem()));
        String rsa = ca.issue(TestCa.keys("RSA"), Instant.now(), "localhost").keyPem();
        assertEquals(
                "GATEWAY_TLS_KEY=key.pem: doesn't belong to the first certificate in cert.pem",
                refusal(good.certificatePem(), rsa));
    }

    @Test
    void a_chain_that_begins_with_the_ca_is_refused() throws Exception {
        assertEquals(
                "GATEWAY_TLS_KEY=key.pem: doesn't belong to the first certificate in cert.pem",
                refusal(ca.pem() + good.certificatePem(), good.keyPem()));
    }

    @Test
    void files_that_hold_something_else_are_named_both_at_once() {
        assertEquals(
                "GATEWAY_TLS_CERT=cert.pem: has no certificate: no line -----BEGIN CERTIFICATE-----\n"
                        + "GATEWAY_TLS_KEY=key.pem: has no private key: no line -----BEGIN PRIVATE KEY-----",
                refusal(good.keyPem(), "hello"));
    }

    @Test
    void a_key_that_was_cut_off_is_refused() throws Exception {
        String pem = good.keyPem();
        assertEquals(
                "GATEWAY_TLS_KEY=key.pem: has a private key that can't be read; was it cut off?",
                refusal(good.certificatePem(), pem.substring(0, pem.length() / 2)));
        String certificate = good.certificatePem();
        assertEquals(
                "GATEWAY_TLS_CERT=cert.pem: has a certificate that can't be read; was it cut off?",
                refusal(certificate.substring(0, certificate.length() / 2), pem));
    }

    @Test
    void a_key_with_a_password_is_refused_with_the_way_out() throws Exception {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new JcaMiscPEMGenerator(
                    good.key(), new JcePEMEncryptorBuilder("AES-256-CBC").build("secret".toCharArray())));
        }
        String words = refusal(good.certificatePem(), text.toString());
        assertTrue(words.startsWith("GATEWAY_TLS_KEY=key.pem: needs a password"), words);
        assertTrue(words.contains("openssl pkey"), words);
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        TlsSettings settings = new TlsSettings(
                folder.resolve("no.pem"), folder, Optional.empty(), Optional.of(folder.resolve("neither.pem")));
        assertEquals(
                "GATEWAY_TLS_CERT=no.pem: doesn't exist\nGATEWAY_TLS_KEY=" + folder + ": isn't a file\n"
                        + "GATEWAY_TLS_CLIENT_CA=neither.pem: doesn't exist",
                assertThrows(InvalidSettings.class, () -> ServerCertificate.read(settings))
                        .getMessage()
                        .replace(folder + "/", ""));
    }
}
