package gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.http.PathPrefix;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.testing.TestRoutes;
import gateway.util.Time;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final RouteDefaults DEFAULTS = RouteDefaults.of(Settings.from(Map.of()));
    private static final ServiceList SERVICES = new ServiceList(Time.system());

    private static Route route(String name, Match match) {
        return new Route(
                DEFAULTS.configured(name, match),
                SERVICES.pool(name),
                TestRoutes.route().selection());
    }

    private static Match match(String path, String host, String... methods) {
        return new Match(PathPrefix.of(path), Optional.ofNullable(host), Set.of(methods));
    }

    private static RouteTable table(OwnPaths own, List<Match> matches) {
        return new RouteTable(
                IntStream.range(0, matches.size())
                        .mapToObj(i -> route(String.format("r%04d", i), matches.get(i)))
                        .toList(),
                own);
    }

    /** The rule as it is told to people, without any thought of speed. */
    private static Optional<Route> naive(RouteTable table, OwnPaths own, String method, String host, String path) {
        if (own.has(path)) {
            return Optional.empty();
        }
        return table.all().stream()
                .filter(route -> {
                    Match match = route.config().match();
                    String prefix = match.path().text();
                    boolean ofPath = path.equals(prefix) || path.startsWith(prefix + "/");
                    boolean ofHost = match.host().isEmpty()
                            || host != null && match.host().get().equals(host.toLowerCase(Locale.ROOT));
                    boolean ofMethod = match.methods().isEmpty()
                            || match.methods().contains(method)
                            || method.equals("HEAD") && match.methods().contains("GET");
                    return ofPath && ofHost && ofMethod;
                })
                .min(Comparator.<Route>comparingInt(
                                route -> -route.path().text().length())
                        .thenComparing(route -> route.config().match().host().isEmpty())
                        .thenComparing(route -> route.config().match().methods().isEmpty())
                        .thenComparing(route -> route.config().match().methods().size())
                        .thenComparing(Route::name));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void it_agrees_with_the_rule_on_random_routes_and_requests(long seed) {
        Random random = new Random(seed);
        String[] segments = {"", "a", "b", "Aa", "BB", "a.b", "health", "docs", "services", "%2F"};
        String[] hosts = {null, "x.example", "X.Example", "y.example"};
        String[] methods = {"GET", "HEAD", "POST", "PUT", "X"};
        int most = seed % 2 == 0 ? 300 : 5;
        Set<Match> matches = new LinkedHashSet<>();
        for (int i = 0; i < most; i++) {
            String path = path(random, segments).replaceAll("/+", "/").replaceAll("(.)/$", "$1");
            String[] some = IntStream.range(0, random.nextInt(3))
                    .mapToObj(j -> methods[random.nextInt(methods.length)])
                    .distinct()
                    .toArray(String[]::new);
            matches.add(match(path, hosts[random.nextInt(hosts.length)], some));
        }
        OwnPaths own = new OwnPaths(seed % 3 != 0);
        RouteTable table = table(own, List.copyOf(matches));
        int found = 0;
        for (int i = 0; i < 3_000; i++) {
            String method = methods[random.nextInt(methods.length)];
            String host = hosts[random.nextInt(hosts.length)];
            String path = path(random, segments);
            Optional<Route> expected = naive(table, own, method, host, path);
            assertEquals(expected.orElse(null), table.match(method, host, path), method + " " + host + path);
            found += expected.isPresent() ? 1 : 0;
        }
        assertTrue(found > 100 || most == 5, found + " requests had a route");
    }

    private static String path(Random random, String[] segments) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append('/').append(segments[random.nextInt(segments.length)]);
        }
        return path.toString();
    }

    /** A host of DNS may end in a dot, which means the same; browsers send what was typed. */
    @Test
    void the_dot_at_the_end_of_a_host_does_not_count() {
        RouteTable table = table(new OwnPaths(true), List.of(match("/a", "x.example")));
        assertEquals("r0000", table.match("GET", "x.example.", "/a").name());
        assertNull(table.match("GET", ".", "/a"));
        assertNull(table.match("GET", "", "/a"));
    }

    @Test
    void of_two_routes_that_differ_by_methods_the_one_with_fewer_goes_first() {
        RouteTable table = table(
                new OwnPaths(true),
                List.of(match("/a", null, "GET", "POST"), match("/a", null, "GET"), match("/a", null)));
        assertEquals("r0001", table.match("GET", null, "/a").name());
        assertEquals("r0001", table.match("HEAD", null, "/a").name());
        assertEquals("r0000", table.match("POST", null, "/a").name());
        assertEquals("r0002", table.match("PUT", null, "/a").name());
    }

    /** All of these have one hash, by {@link String#hashCode} and its like: a table without another would be a list. */
    @Test
    void prefixes_made_to_share_a_hash_are_spread_all_the_same() {
        List<String> prefixes = List.of("/");
        for (int i = 0; i < 10; i++) {
            prefixes = prefixes.stream()
                    .flatMap(prefix -> List.of(prefix + "Aa", prefix + "BB").stream())
                    .toList();
        }
        assertEquals(
                1,
                prefixes.stream()
                        .map(String::hashCode)
                        .collect(Collectors.toSet())
                        .size());
        List<Match> matches = new ArrayList<>();
        prefixes.forEach(prefix -> matches.add(match(prefix, null)));
        RouteTable table = table(new OwnPaths(true), matches);
        assertTrue(table.longestChain() <= 16, "the longest of " + prefixes.size() + ": " + table.longestChain());
        for (Match match : matches) {
            assertEquals(
                    match,
                    table.match("GET", null, match.path() + "/x").config().match());
        }
    }
}
