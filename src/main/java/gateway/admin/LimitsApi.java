package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.view.LimitView;
import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.http.Problem;
import gateway.limit.LimitHandler;
import gateway.limit.Limits;
import gateway.limit.RateLimit.Standing;
import gateway.limit.RouteLimits;
import gateway.net.Networks;
import gateway.net.Peer;
import gateway.route.RouteConfig;
import gateway.trace.Trace;
import gateway.util.Time;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Explains why a client is limited or isn't, and forgets its requests. Doesn't count towards any limit. */
public final class LimitsApi {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsApi.class);

    private final LimitHandler limiter;
    private final AdminAuth auth;
    private final Time time;

    /**
     * @param limiter has the limits, and knows which clients are exempt
     * @param auth decides who may see other clients
     */
    public LimitsApi(LimitHandler limiter, AdminAuth auth, Time time) {
        this.limiter = limiter;
        this.auth = auth;
        this.time = time;
    }

    /**
     * Answers {@code GET /limits/explain}: how much of its limits on a route the client has used or, with {@code ?ip=}
     * and only for operators, another address. The route is that of {@code ?route=}, or else the default or only one.
     * Where a limit counts by a header, that header of this request says for which value.
     */
    public void explain(Context ctx) throws Exception {
        Trace trace = Trace.of(ctx.req());
        InetAddress client = trace.client();
        String route = ctx.queryParam("route");
        RouteLimits limits = limits(route).orElse(null);
        String asked = ctx.queryParam("ip");
        InetAddress other = asked == null ? client : Networks.address(asked).orElse(null);
        if (limits == null) {
            Problem.badRequest(unknown(route, "/limits/explain")).send(ctx.req(), ctx.res());
        } else if (other == null) {
            Problem.badRequest(noAddress("ip=" + asked)).send(ctx.req(), ctx.res());
        } else if (other.equals(client) || auth.admits(ctx)) {
            LimitKey key = limits.key(
                    other,
                    ServletContextRequest.getServletContextRequest(ctx.req()).getHeaders());
            ctx.json(answer(LimitView.of(limits, key), other, asked == null ? foundBy(trace) : "the parameter ip"));
        }
    }

    /**
     * Answers {@code DELETE /limits/{client}}: forgets the requests of a client, an IP address, at all gateways that share
     * the limits of the route; it then has a whole budget. The route is that of {@code ?route=}, or else the default or
     * only one.
     */
    public void forget(Context ctx) throws Exception {
        String asked = ctx.pathParam("client");
        String route = ctx.queryParam("route");
        Optional<InetAddress> client = Networks.address(asked);
        Optional<RouteLimits> limits = limits(route);
        if (client.isEmpty()) {
            Problem.badRequest(noAddress(asked)).send(ctx.req(), ctx.res());
        } else if (limits.isEmpty()) {
            Problem.badRequest(unknown(route, "DELETE /limits/" + asked)).send(ctx.req(), ctx.res());
        } else {
            ClientAddress counted = ClientAddress.of(client.get());
            limits.get().limit().forget(counted);
            LOG.info(
                    "the requests of {} on the route {} are forgotten",
                    counted,
                    limits.get().route());
            ctx.status(204);
            ctx.res().setContentType(null);
        }
    }

    private static String noAddress(String asked) {
        return asked + " isn't an IP address; expected one like 192.0.2.7 or 2001:db8::1";
    }

    private Optional<RouteLimits> limits(String route) {
        Limits all = limiter.limits();
        if (route != null) {
            return all.of(route);
        }
        return all.of(RouteConfig.DEFAULT)
                .or(() -> all.all().size() == 1 ? Optional.of(all.usual()) : Optional.empty());
    }

    private static String unknown(String route, String path) {
        return route == null
                ? "this gateway has several routes; name one: " + path + "?route=NAME"
                : "route=" + route + " isn't a route of this gateway";
    }

    private static String foundBy(Trace trace) {
        return trace.proxyPath() == null
                ? "the TCP connection's peer; headers like X-Forwarded-For are not believed"
                : "the headers of trusted proxies: " + trace.proxyPath().text();
    }

    /** Returns the explanation: of several limits the tightest, and the list of all. */
    private Map<String, Object> answer(LimitView view, InetAddress client, String foundBy) {
        Optional<Standing> tightest = view.tightest();
        Instant now = time.now();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("client", Peer.text(client));
        answer.put("counted_as", tightest.map(view::countedAs).orElse(view.key().toString()));
        answer.put("found_by", foundBy);
        answer.put("route", view.limits().route());
        tightest.ifPresent(standing -> answer.put("limit_by", view.countedBy(standing)));
        answer.put("policy", tightest.map(view::policy).orElse(null));
        answer.put("store", tightest.map(Standing::store).orElse("none"));
        boolean exempt = limiter.isExempt(client);
        answer.put(
                "allowed_now",
                exempt
                        || tightest.map(standing -> standing.decision().allowed())
                                .orElse(true));
        if (exempt) {
            answer.put("exempt", true);
        }
        tightest.ifPresent(standing -> view.addUse(answer, standing, now));
        List<Map<String, Object>> several = view.several(now);
        if (!several.isEmpty()) {
            answer.put("limits", several);
        }
        answer.put("timestamp", now.toString());
        return answer;
    }
}
