package gateway.limit;

import gateway.http.ResponseFields;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * The headers that describe the limit in each answer: the widely used X-RateLimit headers, and the two of the IETF
 * draft draft-ietf-httpapi-ratelimit-headers.
 */
final class LimitHeaders {
    private final Time time;
    private final HttpField limit;
    private final HttpField policy;

    LimitHeaders(Rate rate, Time time) {
        this.time = time;
        this.limit = new PreEncodedHttpField("X-RateLimit-Limit", String.valueOf(rate.requests()));
        long seconds = rate.window().plusNanos(999_999_999).toSeconds();
        this.policy = new PreEncodedHttpField("RateLimit-Policy", "\"default\";q=" + rate.requests() + ";w=" + seconds);
    }

    /** Adds the headers to an answer, whether its request is allowed or refused. To be called once for each answer. */
    void set(HttpServletResponse response, LimitDecision decision) {
        String remaining = String.valueOf(decision.remaining());
        HttpFields.Mutable fields = ResponseFields.of(response);
        fields.add(limit);
        fields.add(new HttpField("X-RateLimit-Remaining", remaining));
        long reset = time.now().toEpochMilli() + decision.resetNanos() / 1_000_000;
        long resetSecond = Math.floorDiv(reset + 999, 1000); // a client that waits until then isn't early
        fields.add(new HttpField("X-RateLimit-Reset", String.valueOf(resetSecond)));
        fields.add(policy);
        fields.add(new HttpField("RateLimit", "\"default\";r=" + remaining + ";t=" + decision.resetSeconds()));
    }

    /** Returns the whole seconds to wait, at least 1. */
    static long retryAfter(LimitDecision decision) {
        return Math.max(1, decision.resetSeconds());
    }
}
