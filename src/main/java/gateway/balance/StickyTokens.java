package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.BackendId;
import gateway.registry.Snapshot;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What cookies call backends: the first 16 bytes of HMAC-SHA256 of a backend's name and URL, under a secret. Nobody
 * learns an address from it, and gateways with the same secret call a backend the same.
 *
 * <p>The tokens of all backends of a route are worked out once for each list, so that reading a cookie is a look-up in a
 * hash table.
 */
final class StickyTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 16;

    private final SecretKeySpec key;
    private volatile Known known = new Known(null, Map.of(), Map.of());

    /** The tokens of a list's backends. */
    private record Known(Snapshot pool, Map<String, Backend> backends, Map<BackendId, String> tokens) {}

    /** @param secret at least one byte */
    StickyTokens(byte[] secret) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /** Returns the backend of this list that a token means; null if it means none. */
    Backend backend(String token, Snapshot pool) {
        Known now = known;
        return (now.pool == pool ? now : renew(pool)).backends.get(token);
    }

    /** Returns whether a token means this backend of the list that was looked at last. */
    boolean means(String token, Backend backend) {
        return known.backends.get(token) == backend;
    }

    private synchronized Known renew(Snapshot pool) {
        if (known.pool != pool) {
            Map<String, Backend> backends = new HashMap<>();
            Map<BackendId, String> tokens = new HashMap<>();
            for (Backend backend : pool.all()) {
                String before = known.tokens.get(backend.id());
                String token = before != null ? before : of(backend);
                backends.put(token, backend);
                tokens.put(backend.id(), token);
            }
            known = new Known(pool, backends, tokens);
        }
        return known;
    }

    /** Returns the token that means a backend: 22 letters, digits, dashes or underscores. */
    String of(Backend backend) {
        String id = backend.id().name() + ' ' + backend.id().url();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] all = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
