import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.settings.InvalidSettings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes from a file, and what becomes of requests and counts when it changes. */
class RoutesFileTest {
    @TempDir
    Path folder;

    private TestGateway gateway(String yaml, String... settings) throws IOException {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        all.put("GATEWAY_ROUTES", write(yaml).toString());
        return TestGateway.with(all);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("routes.yaml"), yaml);
    }

    private static void awaitStatus(TestGateway gateway, String path, int status) throws Exception {
        Await.until(path + " to be " + status, () -> gateway.get(path).statusCode() == status);
    }

    @Test
    void two_apps_are_told_apart_by_their_path() throws Exception {
        try (TestBackend shop = TestBackend.named("shop");
                TestBackend blog = TestBackend.named("blog");
                TestGateway gateway = gateway("""
                        routes:
                          shop: {match: {path: /shop}, services: ["%s"]}
                          blog: {match: {path: /blog}, services: ["%s"]}
                        """.formatted(shop.url(), blog.url()))) {
            assertEquals("shop", gateway.json("/shop/who").path("service").asText());
            assertEquals("blog", gateway.json("/blog/who").path("service").asText());
            assertEquals(404, gateway.get("/api/who").statusCode());
        }
    }

    @Test
    void a_changed_file_is_taken_and_a_bad_one_is_not() throws Exception {
        try (TestBackend shop = TestBackend.named("shop");
                TestBackend blog = TestBackend.named("blog");
                TestGateway gateway =
                        gateway("routes: {shop: {match: {path: /shop}, services: ['" + shop.url() + "']}}")) {
            write("routes: {shop: {match: {path: /shop}}}\nroutes: {}");
            write("routes: {blog: {match: {path: /blog}, services: ['" + blog.url() + "']}}");
            awaitStatus(gateway, "/blog/x", 200);
            assertEquals(404, gateway.get("/shop/x").statusCode());
            assertEquals(1, gateway.json("/services").path("total_services").asInt(), "the shop's service has left");
        }
    }

    @Test
    void without_any_route_every_request_for_a_service_is_404() throws Exception {
        try (TestGateway gateway = gateway("routes: {}")) {
            assertEquals(404, gateway.get("/api/x").statusCode());
            for (String own : new String[] {"/", "/health", "/stats", "/services", "/openapi.json"}) {
                assertTrue(gateway.get(own).statusCode() < 400 || own.equals("/health"), own);
            }
        }
    }

    /** Else a client could have a limit begin anew by waiting for the next change of the file. */
    @Test
    void what_counts_towards_a_limit_counts_after_a_change_too() throws Exception {
        try (TestBackend backend = TestBackend.named("a")) {
            String yaml = "routes:\n  a: {match: {path: /a}, limits: [3/24h], services: ['" + backend.url() + "']}\n";
            try (TestGateway gateway = gateway(yaml)) {
                assertEquals(200, gateway.get("/a/1").statusCode());
                assertEquals(200, gateway.get("/a/2").statusCode());
                write(yaml.replace("limits", "retries: 1, limits") + "  b: {match: {path: /b}, services: ['"
                        + backend.url() + "']}\n");
                awaitStatus(gateway, "/b/x", 200);
                assertEquals(200, gateway.get("/a/3").statusCode());
                assertEquals(429, gateway.get("/a/4").statusCode());
            }
        }
    }

    @Test
    void services_of_the_settings_belong_to_the_route_default() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = gateway(
                        "routes: {default: {match: {path: /d}}, other: {match: {path: /o}}}",
                        "GATEWAY_SERVICES",
                        backend.url())) {
            assertEquals(200, gateway.get("/d/x").statusCode());
            assertEquals(503, gateway.get("/o/x").statusCode());
        }
    }

    @Test
    void services_of_the_settings_belong_to_the_only_route_whatever_its_name() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway =
                        gateway("routes: {one: {match: {path: /one}}}", "GATEWAY_SERVICES", backend.url())) {
            assertEquals(200, gateway.get("/one/x").statusCode());
            write("routes: {two: {match: {path: /two}}}");
            awaitStatus(gateway, "/two/x", 200);
        }
    }

    @Test
    void services_of_the_settings_that_might_belong_to_several_routes_are_refused() {
        InvalidSettings refused = assertThrows(
                InvalidSettings.class,
                () -> gateway(
                                "routes: {a: {match: {path: /a}}, b: {match: {path: /b}}}",
                                "GATEWAY_SERVICES",
                                "http://10.0.0.1:1,http://10.0.0.2:1")
                        .close());
        assertEquals(
                "GATEWAY_SERVICES=http://10.0.0.1:1,...: the routes of " + folder.resolve("routes.yaml")
                        + " are several, or none: list these services in one of them, or call one route default",
                refused.getMessage());
    }

    @Test
    void json_with_tabs_is_taken_from_a_file_that_is_named_so() throws Exception {
        try (TestBackend backend = TestBackend.named("a")) {
            Path file = Files.writeString(
                    folder.resolve("routes.json"),
                    "{\n\t\"routes\": {\"a\": {\"match\": {\"path\": \"\\/a\"}, \"services\": [\"" + backend.url()
                            + "\"]}}\n}");
            try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ROUTES", file.toString()))) {
                assertEquals(200, gateway.get("/a/x").statusCode());
            }
        }
    }
}
