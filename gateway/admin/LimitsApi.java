package gateway.admin;

import gateway.Peer;
import gateway.Problem;
import gateway.Rate;
import gateway.Time;
import gateway.limit.ClientAddress;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Standing;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Why a client is limited, or isn't. Looking takes nothing. */
public final class LimitsApi {
    /**
     * What Java never takes for a name: it would ask the name server for that, whatever a stranger sends. Either four
     * numbers up to 255, or as many signs of IPv6, a colon among them, as an address may have.
     */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:\\.(?!$)|$)){4}|(?=[^:]{0,45}:)[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}");

    private final RateLimit limit;
    private final Operators operators;
    private final Time time;

    /** @param operators who may see where others stand */
    public LimitsApi(RateLimit limit, Operators operators, Time time) {
        this.limit = limit;
        this.operators = operators;
        this.time = time;
    }

    /**
     * {@code GET /limits/explain}: where the asker stands; with {@code ?ip=}, where that address does, which only
     * operators may ask.
     */
    public void explain(Context ctx) throws Exception {
        InetAddress peer = Peer.address(ctx.req());
        String asked = ctx.queryParam("ip");
        if (asked == null) {
            ctx.json(answer(peer, "the TCP connection's other end; X-Forwarded-For and the like are not believed"));
            return;
        }
        InetAddress client = parse(asked);
        if (client == null) {
            Problem.badRequest("ip=" + asked + " isn't an IP address; ask with one like 192.0.2.7 or 2001:db8::1")
                    .send(ctx.req(), ctx.res());
        } else if (client.equals(peer) || operators.admits(ctx)) {
            ctx.json(answer(client, "the parameter ip"));
        }
    }

    private static InetAddress parse(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
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
        answer.put("allowed_now", standing.decision().allowed());
        limit.rate().ifPresent(rate -> {
            answer.put("used", standing.used());
            answer.put("remaining", standing.decision().remaining());
            answer.put(
                    "next_free_in_ms",
                    standing.decision().allowed()
                            ? 0
                            : Words.millisUp(standing.decision().resetNanos()));
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
                    request.put("leaves_in_ms", Words.millisUp(rate.window().toNanos() - age));
                    return request;
                })
                .toList();
    }
}
