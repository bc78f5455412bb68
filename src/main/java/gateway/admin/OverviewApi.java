package gateway.admin;

import gateway.admin.access.AdminAuth;
import gateway.admin.view.Wording;
import gateway.lifecycle.Drain;
import gateway.limit.Limits;
import gateway.registry.ServiceList;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.route.Routes;
import gateway.server.AdminPort;
import gateway.util.Release;
import gateway.util.Time;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.QuotedQualityCSV;

/** What the gateway is, and where to go on: {@code /}. */
final class OverviewApi {
    private final ServiceList services;
    private final Routes routes;
    private final Limits limits;
    private final AdminAuth auth;
    private final Drain drain;
    private final Time time;

    /** @param auth knows on which port the operators' paths are */
    OverviewApi(ServiceList services, Routes routes, Limits limits, AdminAuth auth, Drain drain, Time time) {
        this.services = services;
        this.routes = routes;
        this.limits = limits;
        this.auth = auth;
        this.drain = drain;
        this.time = time;
    }

    /**
     * Answers {@code GET /}: an overview as JSON, or for browsers a redirect to the dashboard. With several routes, it
     * names the paths below which services answer.
     */
    void overview(Context ctx) {
        ctx.res().setHeader("Vary", "Accept");
        boolean forOperators = auth.areHere(ctx.req());
        if (forOperators && prefersHtml(ctx.req().getHeader("Accept"))) {
            ctx.redirect("/dashboard", HttpStatus.SEE_OTHER);
            return;
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("service", Release.NAME);
        answer.put("version", Release.VERSION);
        answer.put("status", drain.isDraining() ? "draining" : "running");
        answer.put("features", features(routes.table()));
        answer.put("backend_services", services.all().size());
        answer.put("timestamp", time.now().toString());
        boolean atMainPort = !AdminPort.isOf(ctx.req());
        RouteTable table = routes.table();
        Map<String, String> links = new LinkedHashMap<>();
        links.put("health", "/health");
        links.put("services", "/services");
        if (forOperators) {
            links.put("routes", "/routes");
        }
        links.put("gateways", "/gateways");
        links.put("stats", "/stats");
        if (atMainPort && table.usual() != null) {
            links.put("api", below(table.usual()));
        }
        if (forOperators) {
            links.put("dashboard", "/dashboard");
        }
        links.put("docs", "/docs");
        if (forOperators) {
            links.put("metrics", "/metrics");
            links.put("events", "/events");
            links.put("config", "/config");
        }
        answer.put("links", links);
        if (atMainPort && table.all().size() != 1) {
            answer.put(
                    "paths",
                    table.all().stream()
                            .map(OverviewApi::below)
                            .distinct()
                            .sorted()
                            .toList());
        }
        ctx.json(answer);
    }

    /** Returns the path below which a route's services answer, with a slash at its end. */
    private static String below(Route route) {
        return route.path().text() + "/";
    }

    private static boolean prefersHtml(String accept) {
        QuotedQualityCSV types = new QuotedQualityCSV();
        try {
            types.addValue(accept == null ? "" : accept);
        } catch (IllegalArgumentException e) { // not a valid list
            return false;
        }
        List<String> wanted = types.getValues(); // without those of quality 0
        return !wanted.isEmpty() && wanted.get(0).equalsIgnoreCase("text/html");
    }

    private String limiting(RouteTable table) {
        return table.usual() == null
                ? "by route"
                : Wording.rateLimit(limits.usual().limit());
    }

    private List<String> features(RouteTable table) {
        return List.of(
                "Load Balancing (" + Wording.balancing(table, null) + ")",
                "Rate Limiting (" + limiting(table) + ")",
                "Health Checks",
                "Request Forwarding");
    }
}
