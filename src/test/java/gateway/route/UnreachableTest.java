package gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.http.PathPrefix;
import gateway.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnreachableTest {
    private static final RouteDefaults DEFAULTS = RouteDefaults.of(Settings.from(Map.of()));

    private static RouteConfig route(String name, String path, String host, String... methods) {
        return DEFAULTS.configured(name, new Match(PathPrefix.of(path), Optional.ofNullable(host), Set.of(methods)));
    }

    private static List<String> words(boolean ownFirst, RouteConfig... routes) {
        return Unreachable.words(Arrays.asList(routes), new OwnPaths(ownFirst));
    }

    @Test
    void a_route_below_an_own_path_gets_nothing_unless_there_is_an_admin_port() {
        RouteConfig route = route("a", "/docs/old", "x.example");
        assertEquals(1, words(true, route).size());
        assertTrue(words(true, route).get(0).startsWith("the route a (/docs/old) gets no requests: "));
        assertEquals(List.of(), words(false, route));
    }

    @Test
    void a_route_above_own_paths_does_not_get_these() {
        String words = words(true, route("a", "/", null)).get(0);
        assertTrue(words.startsWith("the route a (/) doesn't get the gateway's own /, /health, /stats, "), words);
        assertEquals(List.of(), words(false, route("a", "/", null)));
        assertEquals(List.of(), words(true, route("a", "/healthy", null), route("b", "/doc", null)));
    }

    @Test
    void a_route_whose_methods_others_take_gets_nothing() {
        RouteConfig get = route("get", "/a", null, "GET");
        RouteConfig post = route("post", "/a", null, "POST");
        RouteConfig both = route("both", "/a", null, "GET", "POST", "HEAD");
        assertEquals(
                List.of("the route both (/a) gets no requests: get, post take all its methods"),
                words(true, get, post, both));
        assertEquals(List.of(), words(true, get, both));
        assertEquals(List.of(), words(true, post, both));
        assertEquals(
                List.of("the route head (/a) gets no requests: get takes all its methods"),
                words(true, get, route("head", "/a", null, "HEAD")));
    }

    @Test
    void a_route_of_another_host_or_path_hides_none() {
        assertEquals(
                List.of(),
                words(
                        true,
                        route("a", "/a", null, "GET"),
                        route("b", "/a", "x.example", "GET"),
                        route("c", "/b", null, "GET"),
                        route("d", "/a", null)));
    }
}
