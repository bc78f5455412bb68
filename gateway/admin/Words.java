package gateway.admin;

import gateway.limit.RateLimit;

/** What the gateway says about itself in words. */
final class Words {
    private Words() {}

    static String rateLimit(RateLimit limit) {
        return limit.rate().map(rate -> rate.words() + " per IP").orElse("off");
    }
}
