import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.route.OwnPaths;
import io.javalin.router.ParsedEndpoint;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The gateway's own paths, which go before routes. */
class OwnPathsTest {
    /** Else a route that takes everything would hide what the list forgets. */
    @Test
    void each_path_that_the_gateway_answers_itself_is_its_own() {
        OwnPaths own = new OwnPaths(true);
        Set<String> forgotten = new TreeSet<>();
        int found = 0;
        try (TestGateway gateway = TestGateway.with(Map.of())) {
            for (ParsedEndpoint route : gateway.app.unsafe.internalRouter.allHttpHandlers()) {
                String path = route.endpoint.path;
                if (!path.isEmpty() && !path.equals("*") && !own.has(path.replaceAll("[{<].*?[}>]", "x"))) {
                    forgotten.add(path);
                }
                found += path.startsWith("/") ? 1 : 0;
            }
        }
        assertEquals(Set.of(), forgotten);
        assertTrue(found > 20, found + " routes of the gateway's own");
    }
}
