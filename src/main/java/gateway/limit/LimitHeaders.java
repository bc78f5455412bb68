package gateway.limit;

import gateway.route.Limit;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * The headers that describe the limits in each answer: the widely used X-RateLimit headers, and the two of the IETF
 * draft draft-ietf-httpapi-ratelimit-headers. {@code RateLimit-Policy} lists all limits of the route, the others speak of
 * the tightest.
 *
 * <p>In the draft's headers each limit has a name: what it counts by, like {@code "route"}, with its rate if another one
 * counts by the same, like {@code "client:5/1s"}. A limit for each client that is the only one is {@code "default"}.
 */
final class LimitHeaders {
    private final Time time;
    private final HttpField[] limits;
    private final HttpField policies;
    private final String[] standings;

    /** @param limits at least one */
    LimitHeaders(List<Limit> limits, Time time) {
        this.time = time;
        this.limits = new HttpField[limits.size()];
        this.standings = new String[limits.size()];
        List<String> all = new ArrayList<>();
        for (int i = 0; i < limits.size(); i++) {
            Rate rate = limits.get(i).rate();
            String name = '"' + name(limits.get(i), limits) + '"';
            long seconds = rate.window().plusNanos(999_999_999).toSeconds();
            this.limits[i] = new PreEncodedHttpField("X-RateLimit-Limit", String.valueOf(rate.requests()));
            this.standings[i] = name + ";r=";
            all.add(name + ";q=" + rate.requests() + ";w=" + seconds);
        }
        this.policies = new PreEncodedHttpField("RateLimit-Policy", String.join(", ", all));
    }

    private static String name(Limit limit, List<Limit> all) {
        if (all.size() == 1 && limit.key() == Limit.Key.CLIENT) {
            return "default";
        }
        CountedBy countedBy = CountedBy.of(limit);
        long same = all.stream()
                .filter(other -> CountedBy.of(other).equals(countedBy))
                .count();
        return same == 1 ? limit.keyText() : limit.keyText() + ":" + limit.rate();
    }

    /** Adds the headers to an answer, whether its request is allowed or refused. To be called once for each answer. */
    void set(HttpFields.Mutable fields, LimitDecision decision) {
        fields.add(limits[decision.limit()]);
        fields.add(remaining(decision));
        fields.add(reset(decision));
        fields.add(policies);
        fields.add(both(decision));
    }

    /** Replaces what {@link #set} said of where the client stands. */
    void correct(HttpFields.Mutable fields, LimitDecision decision) {
        fields.put(limits[decision.limit()]);
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

    private HttpField both(LimitDecision decision) {
        return new HttpField(
                "RateLimit", standings[decision.limit()] + decision.remaining() + ";t=" + decision.resetSeconds());
    }

    /** Returns the whole seconds to wait, at least 1. */
    static long retryAfter(LimitDecision decision) {
        return Math.max(1, decision.resetSeconds());
    }
}
