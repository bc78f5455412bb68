import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.TestBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes from a file. */
class RoutesFileTest {
    @TempDir
    Path folder;

    @Test
    void two_apps_are_told_apart_by_their_path() throws Exception {
        try (TestBackend shop = TestBackend.named("shop");
                TestBackend blog = TestBackend.named("blog")) {
            Path file = Files.writeString(folder.resolve("routes.yaml"), """
                    routes:
                      shop: {match: {path: /shop}, services: [%s]}
                      blog: {match: {path: /blog}, services: [%s]}
                    """.formatted(shop.url(), blog.url()));
            try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ROUTES", file.toString()))) {
                assertEquals("shop", gateway.json("/shop/who").path("service").asText());
                assertEquals("blog", gateway.json("/blog/who").path("service").asText());
                assertEquals(404, gateway.get("/api/who").statusCode());
            }
        }
    }
}
