package gateway.route.config;

import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.registry.HealthCheck.Statuses;
import gateway.registry.Service;
import gateway.route.Balance;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.RouteConfig;
import gateway.route.RouteConfig.HostHeader;
import gateway.route.RouteConfig.ServiceHeader;
import gateway.route.RouteDefaults;
import gateway.util.Durations;
import gateway.util.Sizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the configuration of routes strictly, and reports all that is wrong with it, with its place. */
public final class RouteReader {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(50);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
    private static final Duration LONGEST_SLOW_START = Duration.ofHours(1);
    private static final long LARGEST_BODY = 1L << 40;
    private static final int MOST_RETRIES = 10;

    private final RouteDefaults defaults;
    private final ServicesReader services;

    /**
     * @param defaults what holds where a route says nothing
     * @param objection returns why no service may have a URL, to follow it, like "leads to 224.0.0.1, ..."; empty if one
     * may
     */
    public RouteReader(RouteDefaults defaults, Function<ServiceUrl, Optional<String>> objection) {
        this.defaults = defaults;
        this.services = new ServicesReader(objection);
    }

    /**
     * Reads {@code routes: {name: {...}, ...}}; an empty mapping means that there is no route.
     *
     * @param json whether it is JSON, else YAML
     * @throws InvalidRoutes if anything in it can't be used
     */
    public List<RouteConfig> routes(byte[] text, boolean json) throws InvalidRoutes {
        Problems problems = new Problems();
        Value whole = whole(text, json, problems);
        Fields fields = whole.fields("routes, with each route under its name");
        List<RouteConfig> routes = fields.get("routes", List.of(), this::named);
        if (whole.isMapping() && !fields.has("routes")) {
            fields.bad("expected routes, with each route under its name");
        }
        fields.end();
        problems.throwAny();
        return routes;
    }

    /**
     * Reads one route, {@code {"match": {...}, ...}}, as JSON.
     *
     * @throws InvalidRoutes if anything in it can't be used
     */
    public RouteConfig route(String name, byte[] json) throws InvalidRoutes {
        Problems problems = new Problems();
        RouteConfig route = route(name, whole(json, true, problems));
        problems.throwAny();
        return route;
    }

    private static Value whole(byte[] text, boolean json, Problems problems) throws InvalidRoutes {
        Node root = Source.read(text, json, problems);
        if (root == null) {
            problems.throwAny();
            problems.add(KeyPath.TOP, Node.Place.START, "is empty");
            problems.throwAny();
        }
        return new Value(KeyPath.TOP, Node.Place.START, root, problems);
    }

    private List<RouteConfig> named(Value value) {
        List<RouteConfig> routes = new ArrayList<>();
        Map<Match, String> matches = new HashMap<>();
        Fields fields = value.fields("each route under its name, or {} for none");
        fields.all().forEach((name, given) -> {
            if (!Service.isName(name)) {
                given.problem("is no name of a route: expected " + Service.NAME_FORM);
            }
            RouteConfig route = route(name, given);
            String other = route == null ? null : matches.putIfAbsent(route.match(), name);
            if (other != null) {
                given.problem("matches the same requests as " + other + ": expected another path, host or methods");
            }
            routes.add(route);
        });
        return routes;
    }

    /** Returns the route; null if its match can't be used. */
    private RouteConfig route(String name, Value value) {
        Fields fields = value.fields("what the route takes and does, like {match: {path: /shop}}");
        Match match = fields.get("match", null, MatchReader::read);
        if (value.isMapping() && !fields.has("match")) {
            fields.bad("expected match, like {path: /shop}");
        }
        RouteConfig usual = defaults.configured(name, match);
        RouteConfig route = new RouteConfig(
                name,
                match,
                fields.get("strip", usual.strip(), Value::flag),
                fields.get("services", usual.services(), services::read),
                fields.get("balance", usual.balance(), given -> given.text(Balance.FORMS, Balance::parse)),
                fields.get("health", usual.health(), RouteReader::health),
                fields.get("limits", usual.limits(), RouteReader::limits),
                fields.get("host", usual.host(), given -> given.text("client or service", RouteReader::host)),
                fields.get("timeout", usual.timeout(), RouteReader::timeout),
                fields.get("retries", usual.retries(), given -> given.integer(0, MOST_RETRIES)),
                fields.get("max-body", usual.maxBody(), RouteReader::size),
                fields.get("cors", usual.cors(), CorsReader::read),
                fields.get("headers", usual.headers(), HeadersReader::read),
                fields.get(
                        "redirects",
                        usual.rewritesRedirects(),
                        given -> given.text("rewrite or pass", RouteReader::redirects)),
                fields.get(
                        "service-header",
                        usual.serviceHeader(),
                        given -> given.text("url, name or off", RouteReader::serviceHeader)),
                fields.get("slow-start", usual.slowStart(), RouteReader::slowStart));
        fields.end();
        return match == null ? null : route;
    }

    private static HealthCheck health(Value value) {
        String expected = "{path: /healthz, status: 200-399}, tcp or off";
        if (!value.isMapping()) {
            return value.text(expected, text -> switch (text) {
                case "tcp" -> HealthCheck.TCP;
                case "off" -> HealthCheck.OFF;
                default -> throw new IllegalArgumentException("expected " + expected);
            });
        }
        Fields fields = value.fields(expected);
        String path = fields.get(
                "path",
                HealthCheck.USUAL.path(),
                given -> given.secretWith("?").text("a path like /healthz", HealthCheck::path));
        List<Statuses> statuses = fields.get(
                "status",
                HealthCheck.USUAL.statuses(),
                given -> given.textOrNumber("statuses, like 200-399", HealthCheck::statuses));
        fields.end();
        return HealthCheck.http(path, statuses);
    }

    private static List<Limit> limits(Value value) {
        String each = "a limit, like 100/60s by client";
        return value.isWord("off") ? List.of() : value.texts("a list of limits, or off", each, Limit::parse);
    }

    private static HostHeader host(String text) {
        return switch (text) {
            case "client" -> HostHeader.CLIENT;
            case "service" -> HostHeader.SERVICE;
            default -> throw new IllegalArgumentException("expected client or service");
        };
    }

    private static Duration timeout(Value value) {
        return value.textOrNumber(
                "a duration, like 5s", text -> Durations.parse(text, SHORTEST_TIMEOUT, LONGEST_TIMEOUT));
    }

    private static Long size(Value value) {
        return value.textOrNumber("a size, like 50MB", text -> Sizes.parse(text, 0, LARGEST_BODY));
    }

    private static Boolean redirects(String text) {
        return switch (text) {
            case "rewrite" -> true;
            case "pass" -> false;
            default -> throw new IllegalArgumentException("expected rewrite or pass");
        };
    }

    private static ServiceHeader serviceHeader(String text) {
        return switch (text) {
            case "url" -> ServiceHeader.URL;
            case "name" -> ServiceHeader.NAME;
            case "off" -> ServiceHeader.OFF;
            default -> throw new IllegalArgumentException("expected url, name or off");
        };
    }

    private static Duration slowStart(Value value) {
        return value.isWord("off")
                ? Duration.ZERO
                : value.textOrNumber(
                        "a duration, like 10s, or off",
                        text -> Durations.parse(text, Duration.ZERO, LONGEST_SLOW_START));
    }
}
