package gateway.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nl.altindag.ssl.pem.util.PemUtils;

/**
 * Reads PEM files (RFC 7468). Error messages continue a sentence that begins with the file's name, and say how to fix
 * it; they never repeat the file's content, which may be a key.
 */
public final class Pem {
    /** Far more than any real PEM file, so that a log or a device that is named by mistake isn't read to its end. */
    private static final long MOST_BYTES = 1024 * 1024;

    /** From the library's names of key algorithms to the JDK's, whose own code signs several times as fast. */
    private static final Map<String, String> JDK_KINDS =
            Map.of("RSA", "RSA", "EC", "EC", "ECDSA", "EC", "EdDSA", "Ed25519", "Ed25519", "Ed25519");

    /** The blocks to read; others beside them, like a curve's parameters, are ignored. */
    private static final Pattern CERTIFICATES =
            Pattern.compile("-----BEGIN ((X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \\1-----");

    private static final Pattern KEYS =
            Pattern.compile("-----BEGIN ((RSA |EC )?PRIVATE KEY)-----[^-]*-----END \\1-----");

    private Pem() {}

    /**
     * Returns the file's text.
     *
     * @throws IllegalArgumentException if the file can't be read; the message says why
     */
    public static String text(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IllegalArgumentException("isn't a file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException("is larger than any PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1); // in which any bytes are valid
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("doesn't exist", e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException("may not be read by the user of this process", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("can't be read: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the certificates in a file, in their order; at least one.
     *
     * @param text the file's text
     * @throws IllegalArgumentException if there is none, or one is broken
     */
    public static List<X509Certificate> certificates(String text) {
        if (!text.contains("CERTIFICATE-----")) {
            throw new IllegalArgumentException("has no certificate: no line -----BEGIN CERTIFICATE-----");
        }
        try {
            return PemUtils.parseCertificate(blocks(CERTIFICATES, text));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("has a certificate that can't be read; was it cut off?", e);
        }
    }

    /**
     * Returns the first private key in a file: RSA, EC or Ed25519, as PKCS#8, PKCS#1 or SEC 1.
     *
     * @param text the file's text
     * @throws IllegalArgumentException if there is none, it needs a password, or it is broken
     */
    public static PrivateKey key(String text) {
        if (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new IllegalArgumentException("needs a password, which the gateway can't ask for; write it without one"
                    + " (openssl pkey -in old -out new) and let only the gateway's user read it");
        }
        if (!text.contains("PRIVATE KEY-----")) {
            throw new IllegalArgumentException("has no private key: no line -----BEGIN PRIVATE KEY-----");
        }
        PrivateKey key = parsed(blocks(KEYS, text));
        String kind = JDK_KINDS.get(key.getAlgorithm());
        if (kind == null) {
            throw new IllegalArgumentException(
                    "has a key of type " + key.getAlgorithm() + "; use RSA, an elliptic curve or Ed25519");
        }
        try {
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("has a key that this Java can't use: " + e.getMessage(), e);
        }
    }

    private static String blocks(Pattern kind, String text) {
        return kind.matcher(text).results().map(MatchResult::group).collect(Collectors.joining("\n"));
    }

    private static PrivateKey parsed(String text) {
        try {
            return PemUtils.parsePrivateKey(text);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("has a private key that can't be read; was it cut off?", e);
        }
    }
}
