package gateway.route;

import java.util.Locale;

/**
 * How a service is chosen.
 *
 * @param header the name of the header whose value is hashed; null unless the policy is {@link Policy#HASH_HEADER}
 */
public record Balance(Policy policy, String header) {
    /** A balancing policy. */
    public enum Policy {
        /** Each in turn, by weight. */
        ROUND_ROBIN,
        /** The better of two random ones by requests under way over weight. */
        LEAST_REQUESTS,
        /** By a consistent hash of the client's address. */
        HASH_CLIENT,
        /** By a consistent hash of a header's value. */
        HASH_HEADER,
        /** The service that the client's cookie says; by round robin for a client without one. */
        STICKY
    }

    /** The forms that {@link #parse} reads, for messages. */
    public static final String FORMS = "round-robin, least-requests, hash:client, hash:header:NAME or sticky";

    private static final String HASH_HEADER = "hash:header:";

    /** The default. */
    public static final Balance ROUND_ROBIN = new Balance(Policy.ROUND_ROBIN, null);

    /**
     * Reads {@value #FORMS}.
     *
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Balance parse(String text) {
        if (text.startsWith(HASH_HEADER)) {
            return new Balance(Policy.HASH_HEADER, HeaderEdits.name(text.substring(HASH_HEADER.length())));
        }
        return switch (text) {
            case "round-robin" -> ROUND_ROBIN;
            case "least-requests" -> new Balance(Policy.LEAST_REQUESTS, null);
            case "hash:client" -> new Balance(Policy.HASH_CLIENT, null);
            case "sticky" -> new Balance(Policy.STICKY, null);
            default -> throw new IllegalArgumentException("expected " + FORMS);
        };
    }

    /** Returns the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return policy == Policy.HASH_HEADER
                ? HASH_HEADER + header
                : policy == Policy.HASH_CLIENT
                        ? "hash:client"
                        : policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
