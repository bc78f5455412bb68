package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.http.PathPrefix;
import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.route.Balance;
import gateway.route.Cors;
import gateway.route.HeaderEdits;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.RouteConfig;
import gateway.route.RouteConfig.HostHeader;
import gateway.route.RouteConfig.ServiceHeader;
import gateway.route.RouteDefaults;
import gateway.route.ServiceEntry;
import gateway.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteReaderTest {
    private static final Settings SETTINGS = Settings.from(Map.of());
    private final RouteDefaults defaults = RouteDefaults.of(SETTINGS);
    private final RouteReader reader = new RouteReader(defaults, SETTINGS::objection);

    private List<RouteConfig> read(String yaml) throws InvalidRoutes {
        return reader.routes(yaml.getBytes(StandardCharsets.UTF_8), false);
    }

    @Test
    void each_key_is_read() throws InvalidRoutes {
        String yaml = """
                routes:
                  shop:
                    match: {path: /shop, host: shop.example, methods: [GET, POST]}
                    strip: true
                    services: [http://10.0.0.5:9001, {url: http://10.0.0.6:9001, weight: 3}]
                    balance: least-requests
                    health: {path: /healthz, status: 200-399}
                    limits: [100/60s by client, 1000/60s by header:X-API-Key, 5000/60s by route]
                    host: client
                    timeout: 5s
                    retries: 1
                    max-body: 50MB
                    cors: {origins: ["https://app.example"], methods: [PUT], headers: [X-User], credentials: true, max-age: 1h}
                    headers: {request: {set: {X-Env: prod}, remove: [X-Debug]}, response: {remove: [Server]}}
                    redirects: pass
                    service-header: name
                    slow-start: off
                """;
        RouteConfig expected = new RouteConfig(
                "shop",
                new Match(new PathPrefix("/shop"), Optional.of("shop.example"), Set.of("GET", "POST")),
                true,
                List.of(
                        new ServiceEntry(ServiceUrl.parse("http://10.0.0.5:9001"), 1),
                        new ServiceEntry(ServiceUrl.parse("http://10.0.0.6:9001"), 3)),
                Balance.parse("least-requests"),
                HealthCheck.http("/healthz", HealthCheck.statuses("200-399")),
                List.of(
                        Limit.parse("100/60s"),
                        Limit.parse("1000/60s by header:X-API-Key"),
                        Limit.parse("5000/60s by route")),
                HostHeader.CLIENT,
                Duration.ofSeconds(5),
                1,
                50L << 20,
                new Cors(Set.of("https://app.example"), List.of("PUT"), List.of("X-User"), true, Duration.ofHours(1)),
                new HeaderEdits(
                        new HeaderEdits.Edit(Map.of("X-Env", "prod"), List.of("X-Debug")),
                        new HeaderEdits.Edit(Map.of(), List.of("Server"))),
                false,
                ServiceHeader.NAME,
                Duration.ZERO);
        assertEquals(List.of(expected), read(yaml));
    }

    @Test
    void a_route_is_its_match_and_the_defaults() throws InvalidRoutes {
        Match match = Match.below(new PathPrefix("/a"));
        assertEquals(List.of(defaults.configured("a", match)), read("routes: {a: {match: {path: /a}}}"));
    }

    @Test
    void no_routes_are_written_as_an_empty_mapping() throws InvalidRoutes {
        assertEquals(List.of(), read("routes: {}"));
        assertThrows(InvalidRoutes.class, () -> read("routes:\n"));
    }
}
