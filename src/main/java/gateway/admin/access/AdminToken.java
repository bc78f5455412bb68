package gateway.admin.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.Optional;

/**
 * The token of operators, kept as a digest: digests have the same length and take the same time to compare wherever
 * they differ, so the time of an answer reveals nothing about the token.
 */
final class AdminToken {
    private static final String SCHEME = "Bearer ";

    private final byte[] digest;

    AdminToken(String token) {
        this.digest = digest(token);
    }

    /**
     * Returns the token in a request's {@code Authorization} headers (RFC 6750, 2.1); empty unless there is exactly
     * one.
     */
    static Optional<String> shown(Enumeration<String> headers) {
        if (!headers.hasMoreElements()) {
            return Optional.empty();
        }
        String value = headers.nextElement();
        if (headers.hasMoreElements() || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String token = value.substring(SCHEME.length()).strip();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    /** Returns whether this is the token. */
    boolean is(String shown) {
        return MessageDigest.isEqual(digest, digest(shown));
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
