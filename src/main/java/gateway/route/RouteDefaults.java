package gateway.route;

import gateway.http.PathPrefix;
import gateway.registry.HealthCheck;
import gateway.route.RouteConfig.HostHeader;
import gateway.route.RouteConfig.ServiceHeader;
import gateway.settings.Settings;
import java.time.Duration;
import java.util.List;

/**
 * What a route does where its configuration says nothing.
 *
 * @param limits the limit of GATEWAY_RATE_LIMIT for each client, on each route of its own
 * @param timeout GATEWAY_UPSTREAM_TIMEOUT
 * @param maxBody GATEWAY_MAX_BODY, bytes
 */
public record RouteDefaults(List<Limit> limits, Duration timeout, long maxBody) {
    /** The path of the route that is there when none is given. */
    public static final PathPrefix API = new PathPrefix("/api");

    /** How long a service that comes (back) takes to get its whole share, on routes that somebody has configured. */
    public static final Duration SLOW_START = Duration.ofSeconds(10);

    /** The Host that services see. */
    public static final HostHeader HOST = HostHeader.BY_SCHEME;

    /** Returns the defaults that the settings say. */
    public static RouteDefaults of(Settings settings) {
        return new RouteDefaults(
                settings.rateLimit().map(Limit::byClient).stream().toList(),
                settings.upstreamTimeout(),
                settings.bounds().body());
    }

    /** Returns the route that is there when none is given: {@code /api}, cut off, to whatever registers. */
    public RouteConfig only() {
        return route(RouteConfig.DEFAULT, Match.below(API), Duration.ZERO);
    }

    /** Returns the route that somebody has configured by its match alone. */
    public RouteConfig configured(String name, Match match) {
        return route(name, match, SLOW_START);
    }

    private RouteConfig route(String name, Match match, Duration slowStart) {
        return new RouteConfig(
                name,
                match,
                true,
                List.of(),
                Balance.ROUND_ROBIN,
                HealthCheck.USUAL,
                limits,
                HOST,
                timeout,
                RouteConfig.USUAL_RETRIES,
                maxBody,
                Cors.NONE,
                HeaderEdits.NONE,
                true,
                ServiceHeader.URL,
                slowStart);
    }
}
