package gateway.admin.view;

import gateway.limit.RateLimit;

/** What the gateway says about itself, in words and round numbers. */
public final class Wording {
    private Wording() {}

    public static String rateLimit(RateLimit limit) {
        return limit.rate().map(rate -> rate.words() + " per IP").orElse("off");
    }

    /** Where the limit's times are kept now. */
    public static String store(RateLimit limit) {
        return limit.sharing()
                .map(sharing -> sharing.up() ? "redis" : "memory (redis unreachable since " + sharing.since() + ")")
                .orElse(limit.rate().isPresent() ? "memory" : "none");
    }

    /** Milliseconds with two decimals. */
    public static double millis(long nanos) {
        return Math.round(nanos / 1e4) / 100.0;
    }

    /** The same; null for what isn't known. */
    public static Double millis(double millis) {
        return Double.isNaN(millis) ? null : Math.round(millis * 100) / 100.0;
    }

    /** Whole milliseconds, rounded up: who waits so long isn't early. */
    public static long millisUp(long nanos) {
        return Math.floorDiv(nanos + 999_999, 1_000_000L);
    }
}
