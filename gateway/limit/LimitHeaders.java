package gateway.limit;

import gateway.Durations;
import gateway.Rate;
import gateway.Time;
import gateway.limit.RateLimit.Decision;
import jakarta.servlet.http.HttpServletResponse;

/**
 * What answers say of the limit: the X-RateLimit headers that clients know, and the two of the IETF's draft
 * (draft-ietf-httpapi-ratelimit-headers) beside them.
 */
final class LimitHeaders {
    private final Time time;
    private final String limit;
    private final String policy;

    LimitHeaders(Rate rate, Time time) {
        this.time = time;
        this.limit = String.valueOf(rate.requests());
        long seconds = Durations.secondsRoundedUp(rate.window().toNanos());
        this.policy = "\"default\";q=" + limit + ";w=" + seconds;
    }

    /** Sets them on an answer, allowed or refused. */
    void set(HttpServletResponse response, Decision decision) {
        String remaining = String.valueOf(decision.remaining());
        response.setHeader("X-RateLimit-Limit", limit);
        response.setHeader("X-RateLimit-Remaining", remaining);
        response.setHeader("X-RateLimit-Reset", String.valueOf(resetEpochSecond(decision)));
        response.setHeader("RateLimit-Policy", policy);
        response.setHeader(
                "RateLimit", "\"default\";r=" + remaining + ";t=" + Durations.secondsRoundedUp(decision.resetNanos()));
    }

    /** Rounded up, so that whoever waits until then isn't early. */
    private long resetEpochSecond(Decision decision) {
        long millis = time.now().toEpochMilli() + decision.resetNanos() / 1_000_000;
        return Math.floorDiv(millis + 999, 1000);
    }

    /** Whole seconds to wait, at least 1. */
    static long retryAfter(Decision decision) {
        return Math.max(1, Durations.secondsRoundedUp(decision.resetNanos()));
    }
}
