package gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.http.PathPrefix;
import gateway.route.Routes.Source;
import gateway.settings.Settings;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecedenceTest {
    private static final RouteDefaults DEFAULTS = RouteDefaults.of(Settings.from(Map.of()));

    /** Reads routes like {@code "shop=/shop blog=/blog"}. */
    private static SortedMap<String, RouteConfig> routes(String text) {
        SortedMap<String, RouteConfig> routes = new TreeMap<>();
        Arrays.stream(text.split(" ")).filter(each -> !each.isEmpty()).forEach(each -> {
            String[] parts = each.split("=");
            routes.put(parts[0], DEFAULTS.configured(parts[0], Match.below(new PathPrefix(parts[1]))));
        });
        return routes;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "beside the built-in one       | BUILT_IN | default=/api | shop=/s        | default=/api shop=/s | {}",
                "instead of the built-in one   | BUILT_IN | default=/api | default=/v1    | default=/v1          | {}",
                "its match is free then        | BUILT_IN | default=/api | a=/api default=/v1 | a=/api default=/v1 | {}",
                "the same as the built-in one  | BUILT_IN | default=/api | shop=/api      | default=/api         | {shop=the route default matches the same requests}",
                "beside those of the file      | FILE     | a=/a b=/b    | shop=/s        | a=/a b=/b shop=/s    | {}",
                "a name of the file            | FILE     | a=/a b=/b    | b=/s           | a=/a b=/b            | {b=the file has one with this name}",
                "the same as one of the file   | FILE     | a=/a b=/b    | c=/a           | a=/a b=/b            | {c=the route a matches the same requests}",
                "two that match the same       | FILE     | a=/a         | y=/s x=/s      | a=/a x=/s            | {y=the route x matches the same requests}",
                "all else is empty             | FILE     | ''           | x=/s           | x=/s                 | {}"
            })
    void what_is_put_comes_into_use(String what, Source givenBy, String given, String put, String used, String hidden) {
        Precedence chosen = Precedence.of(routes(given), givenBy, routes(put));
        assertEquals(
                used,
                chosen.used().stream()
                        .map(route -> route.name() + "=" + route.match().path())
                        .sorted()
                        .collect(Collectors.joining(" ")));
        assertEquals(hidden, chosen.hidden().toString());
    }
}
