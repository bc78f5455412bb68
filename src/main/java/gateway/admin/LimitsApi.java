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

/** Why a client is limited, or isn't. Looking takes nothing. */
public final class LimitsApi {
    private final RateLimit limit;
    private final LimitHandler decisions;
    private final AdminAuth operators;
    private final Time time;

    /**
     * @param decisions knows for whom no limit holds
     * @param operators who may see where others stand
     */
    public LimitsApi(RateLimit limit, LimitHandler decisions, AdminAuth operators, Time time) {
        this.limit = limit;
        this.decisions = decisions;
        this.operators = operators;
        this.time = time;
    }

    /**
     * {@code GET /limits/explain}: where the asker stands; with {@code ?ip=}, where that address does, which only
     * operators may ask.
     */
    public void explain(Context ctx) throws Exception {
        Trace trace = Trace.of(ctx.req());
        InetAddress asker = trace.client();
        String asked = ctx.queryParam("ip");
        if (asked == null) {
            ctx.json(answer(asker, foundBy(trace)));
            return;
        }
        InetAddress client = Networks.address(asked).orElse(null);
        if (client == null) {
            Problem.badRequest("ip=" + asked + " isn't an IP address; ask with one like 192.0.2.7 or 2001:db8::1")
                    .send(ctx.req(), ctx.res());
        } else if (client.equals(asker) || operators.admits(ctx)) {
            ctx.json(answer(client, "the parameter ip"));
        }
    }

    private static String foundBy(Trace trace) {
        return trace.proxyPath() == null
                ? "the TCP connection's other end; X-Forwarded-For and the like are not believed"
                : "the word of trusted proxies: " + trace.proxyPath().text();
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
        boolean exempt = decisions.isExempt(client);
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
