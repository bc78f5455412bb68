package gateway.limit;

import gateway.http.ResponseFields;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Durations;
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
        long seconds = Durations.secondsRoundedUp(rate.window().toNanos());
        this.policy = new PreEncodedHttpField("RateLimit-Policy", "\"default\";q=" + rate.requests() + ";w=" + seconds);
    }

    /** Adds the headers to an answer, whether its request is allowed or refused. To be called once for each answer. */
    void set(HttpServletResponse response, LimitDecision decision) {
        String remaining = String.valueOf(decision.remaining());
        long seconds = Durations.secondsRoundedUp(decision.resetNanos());
        HttpFields.Mutable fields = ResponseFields.of(response);
        fields.add(limit);
        fields.add(new HttpField("X-RateLimit-Remaining", remaining));
        fields.add(new HttpField("X-RateLimit-Reset", String.valueOf(resetEpochSecond(decision))));
        fields.add(policy);
        fields.add(new HttpField("RateLimit", "\"default\";r=" + remaining + ";t=" + seconds));
    }

    /** Rounds up, so that a client that waits until then isn't early. */
    private long resetEpochSecond(LimitDecision decision) {
        long millis = time.now().toEpochMilli() + decision.resetNanos() / 1_000_000;
        return Math.floorDiv(millis + 999, 1000);
    }

    /** Returns the whole seconds to wait, at least 1. */
    static long retryAfter(LimitDecision decision) {
        return Math.max(1, Durations.secondsRoundedUp(decision.resetNanos()));
    }
}
