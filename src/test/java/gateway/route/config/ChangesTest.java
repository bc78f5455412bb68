package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.http.PathPrefix;
import gateway.route.Match;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final RouteDefaults DEFAULTS = RouteDefaults.of(Settings.from(Map.of()));

    /** Routes with these names and paths: {@code "a /a"}. */
    private static List<RouteConfig> routes(String... words) {
        return Arrays.stream(words)
                .map(word -> word.split(" "))
                .map(parts -> DEFAULTS.configured(parts[0], Match.below(PathPrefix.of(parts[1]))))
                .toList();
    }

    @Test
    void each_kind_of_change_is_named() {
        assertEquals(
                "added d; changed b; removed a, e",
                Changes.words(routes("a /a", "b /b", "c /c", "e /e"), routes("d /d", "c /c", "b /x")));
        assertEquals("no route has changed", Changes.words(routes("a /a", "b /b"), routes("b /b", "a /a")));
    }

    @Test
    void of_many_routes_only_some_are_named() {
        String[] many = IntStream.range(0, 1000)
                .mapToObj(i -> String.format("r%03d /%d", i, i))
                .toArray(String[]::new);
        assertEquals(
                "added r000, r001, r002, r003, r004, r005, r006, r007, r008, r009 and 990 more",
                Changes.words(routes(), routes(many)));
    }
}
