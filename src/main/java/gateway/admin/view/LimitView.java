package gateway.admin.view;

import gateway.client.LimitKey;
import gateway.limit.RateLimit.Standing;
import gateway.limit.RouteLimits;
import gateway.route.Limit;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a client stands with the limits of a route, in {@code /limits/explain}.
 *
 * @param limits the limits
 * @param key for whom requests of the client count
 * @param standings how it stands with each limit
 */
public record LimitView(RouteLimits limits, LimitKey key, List<Standing> standings) {
    /** Looks at a client's limits, which counts nothing. */
    public static LimitView of(RouteLimits limits, LimitKey key) {
        return new LimitView(limits, key, limits.limit().explain(key));
    }

    /** Returns the tightest limit: the one that refuses the client, or would next; empty if there is no limit. */
    public Optional<Standing> tightest() {
        return standings.stream()
                .map(Standing::decision)
                .reduce(LimitDecision::tighter)
                .map(decision -> standings.get(decision.limit()));
    }

    /** Returns for whom requests count in a limit. */
    public String countedAs(Standing standing) {
        return limits.part(limit(standing), key).toString();
    }

    /** Returns what a limit counts by. */
    public String countedBy(Standing standing) {
        return limit(standing).keyText();
    }

    private Limit limit(Standing standing) {
        return limits.limits().get(standing.decision().limit());
    }

    /** Describes a limit. */
    public Map<String, Object> policy(Standing standing) {
        Rate rate = limit(standing).rate();
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("limit", rate.requests());
        policy.put("window_ms", rate.window().toMillis());
        policy.put("words", rate.words());
        policy.put("algorithm", limits.limit().algorithm());
        return policy;
    }

    /** Adds what the client has used of a limit, and by which requests. */
    public void addUse(Map<String, Object> view, Standing standing, Instant now) {
        LimitDecision decision = standing.decision();
        view.put("used", standing.used());
        view.put("remaining", decision.remaining());
        view.put("next_free_in_ms", decision.allowed() ? 0 : Wording.millisUp(decision.resetNanos()));
        view.put("requests", requests(standing.ages(), limit(standing).rate(), now));
        view.put("own_window", standing.own());
    }

    private static List<Map<String, Object>> requests(List<Long> ages, Rate rate, Instant now) {
        return ages.stream()
                .map(age -> {
                    Map<String, Object> request = new LinkedHashMap<>();
                    request.put("time", now.minusNanos(age).toString());
                    request.put("age_ms", age / 1_000_000);
                    request.put("leaves_in_ms", Wording.millisUp(rate.window().toNanos() - age));
                    return request;
                })
                .toList();
    }

    /** Returns all limits if there are several, else none. */
    public List<Map<String, Object>> several(Instant now) {
        return standings.size() < 2
                ? List.of()
                : standings.stream()
                        .map(standing -> {
                            Map<String, Object> view = new LinkedHashMap<>();
                            view.put("limit_by", countedBy(standing));
                            view.put("counted_as", countedAs(standing));
                            view.put("policy", policy(standing));
                            view.put("allowed_now", standing.decision().allowed());
                            addUse(view, standing, now);
                            return view;
                        })
                        .toList();
    }
}
