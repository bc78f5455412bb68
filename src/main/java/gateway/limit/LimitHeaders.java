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
        HttpFields.Mutable fields = ResponseFields.of(response);
        fields.add(limit);
        fields.add(remaining(decision));
        fields.add(reset(decision));
        fields.add(policy);
        fields.add(both(decision));
    }

    /** Replaces what {@link #set} said of where the client stands. */
    void correct(HttpServletResponse response, LimitDecision decision) {
        HttpFields.Mutable fields = ResponseFields.of(response);
        fields.put(remaining(decision));
        fields.put(reset(decision));
        fields.put(both(decision));
    }

    private static HttpField remaining(LimitDecision decision) {
        return new HttpField("X-RateLimit-Remaining", String.valueOf(decision.remaining()));
    }

    private HttpField reset(LimitDecision decision) {
        long reset = time.now().toEpochMilli() + decision.resetNanos() / 1_000_000;
        long resetSecond = Math.floorDiv(reset + 999, 1000); // a client that waits until then isn't early
        return new HttpField("X-RateLimit-Reset", String.valueOf(resetSecond));
    }

    private static HttpField both(LimitDecision decision) {
        return new HttpField("RateLimit", "\"default\";r=" + decision.remaining() + ";t=" + decision.resetSeconds());
    }

    /** Returns the whole seconds to wait, at least 1. */
    static long retryAfter(LimitDecision decision) {
        return Math.max(1, decision.resetSeconds());
    }
}
