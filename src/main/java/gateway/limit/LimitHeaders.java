package gateway.limit;

import gateway.http.ResponseFields;
import gateway.limit.RateLimit.Decision;
import gateway.settings.Rate;
import gateway.util.Durations;
import gateway.util.Time;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * What answers say of the limit: the X-RateLimit headers that clients know, and the two of the IETF's draft
 * (draft-ietf-httpapi-ratelimit-headers) beside them.
 */
final class LimitHeaders {
    private final Time time;
    private final HttpField limit;
    private final HttpField policy;

    LimitHeaders(Rate rate, Time time) {
        this.time = time;
        this.limit = new PreEncodedHttpField("X-RateLimit-Limit", String.valueOf(rate.requests()));
        long seconds = Durations.secondsRoundedUp(rate.window().toNanos());
        this.policy = new PreEncodedHttpField("RateLimit-Policy", "\"default\";q=" + rate.requests() + ";w=" + seconds);
    }

    /** Sets them on an answer, allowed or refused; once. */
    void set(HttpServletResponse response, Decision decision) {
        String remaining = String.valueOf(decision.remaining());
        long seconds = Durations.secondsRoundedUp(decision.resetNanos());
        HttpFields.Mutable fields = ResponseFields.of(response);
        fields.add(limit);
        fields.add(new HttpField("X-RateLimit-Remaining", remaining));
        fields.add(new HttpField("X-RateLimit-Reset", String.valueOf(resetEpochSecond(decision))));
        fields.add(policy);
        fields.add(new HttpField("RateLimit", "\"default\";r=" + remaining + ";t=" + seconds));
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
