package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.view.Wording;
import gateway.client.ClientAddress;
import gateway.http.Problem;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Standing;
import gateway.net.Networks;
import gateway.net.Peer;
import gateway.settings.Rate;
import gateway.trace.Trace;
import gateway.util.Time;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Explains why a client is limited or isn't. Doesn't count towards the limit. */
public final class LimitsApi {
    private final RateLimit limit;
    private final LimitHandler limiter;
    private final AdminAuth auth;
    private final Time time;

    /**
     * @param limiter knows which clients are exempt
     * @param auth decides who may see other clients
     */
    public LimitsApi(RateLimit limit, LimitHandler limiter, AdminAuth auth, Time time) {
        this.limit = limit;
        this.limiter = limiter;
        this.auth = auth;
        this.time = time;
    }

    /**
     * Answers {@code GET /limits/explain}: how much of its limit the client has used or, with {@code ?ip=} and only for
     * operators, another address.
     */
    public void explain(Context ctx) throws Exception {
        Trace trace = Trace.of(ctx.req());
        InetAddress client = trace.client();
        String asked = ctx.queryParam("ip");
        if (asked == null) {
            ctx.json(answer(client, foundBy(trace)));
            return;
        }
        InetAddress other = Networks.address(asked).orElse(null);
        if (other == null) {
            Problem.badRequest("ip=" + asked + " isn't an IP address; expected one like 192.0.2.7 or 2001:db8::1")
                    .send(ctx.req(), ctx.res());
        } else if (other.equals(client) || auth.admits(ctx)) {
            ctx.json(answer(other, "the parameter ip"));
        }
    }

    private static String foundBy(Trace trace) {
        return trace.proxyPath() == null
                ? "the TCP connection's peer; headers like X-Forwarded-For are not believed"
                : "the headers of trusted proxies: " + trace.proxyPath().text();
    }

    private Map<String, Object> answer(InetAddress client, String foundBy) {
        ClientAddress counted = ClientAddress.of(client);
        Standing standing = limit.explain(counted);
        Instant now = time.now();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("client", Peer.text(client));
        answer.put("counted_as", counted.toString());
        answer.put("found_by", foundBy);
        answer.put("policy", limit.rate().map(this::policy).orElse(null));
        answer.put("store", standing.store());
        boolean exempt = limiter.isExempt(client);
        answer.put("allowed_now", exempt || standing.decision().allowed());
        if (exempt) {
            answer.put("exempt", true);
        }
        limit.rate().ifPresent(rate -> {
            answer.put("used", standing.used());
            answer.put("remaining", standing.decision().remaining());
            answer.put(
                    "next_free_in_ms",
                    standing.decision().allowed()
                            ? 0
                            : Wording.millisUp(standing.decision().resetNanos()));
            answer.put("requests", requests(standing.ages(), rate, now));
            answer.put("own_window", standing.own());
        });
        answer.put("timestamp", now.toString());
        return answer;
    }

    private Map<String, Object> policy(Rate rate) {
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("limit", rate.requests());
        policy.put("window_ms", rate.window().toMillis());
        policy.put("words", rate.words());
        policy.put("algorithm", limit.algorithm());
        return policy;
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
}
