import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GET, PUT and DELETE of /routes. */
class RoutesApiTest {
    @TempDir
    Path folder;

    private static HttpResponse<String> put(TestGateway gateway, String name, String route) throws Exception {
        return gateway.send(gateway.request("/routes/" + name)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(route)));
    }

    private static String shop(TestBackend service) {
        return "{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + service.url() + "\"]}";
    }

    private static String who(TestGateway gateway, String path) throws Exception {
        return gateway.json(path).path("service").asText();
    }

    private static String names(JsonNode list) {
        return String.join(
                " ",
                StreamSupport.stream(list.path("routes").spliterator(), false)
                        .map(route -> route.path("name").asText() + ":"
                                + route.path("source").asText())
                        .toList());
    }

    private static String detail(HttpResponse<String> response) throws Exception {
        return TestGateway.json(response).path("detail").asText();
    }

    @Test
    void a_route_that_is_put_takes_requests_at_once_and_another_of_its_name_replaces_it() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            HttpResponse<String> response = put(gateway, "shop", shop(b));
            assertEquals(201, response.statusCode());
            assertEquals(
                    "/routes/shop", response.headers().firstValue("Location").orElse(""));
            assertEquals(shop(b), response.body());
            assertEquals("b", who(gateway, "/shop/who"));
            assertEquals("a", gateway.who());
            assertEquals(shop(b), gateway.get("/routes/shop").body());
            JsonNode list = gateway.json("/routes");
            assertEquals("default:built-in shop:api", names(list));
            assertEquals(1, list.at("/routes/1/total_services").asInt());
            assertEquals(1, list.at("/routes/1/healthy_services").asInt());

            response = put(gateway, "shop", shop(b).replace("/shop", "/store"));
            assertEquals(200, response.statusCode());
            assertEquals("b", who(gateway, "/store/who"));
            assertEquals(404, gateway.get("/shop/who").statusCode());
        }
    }

    @Test
    void with_a_deleted_route_the_services_that_it_lists_leave_and_those_that_registered_stay() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            put(gateway, "shop", shop(a));
            gateway.post(
                    "/services",
                    "{\"name\":\"b\",\"url\":\"" + b.url() + "\",\"route\":\"shop\",\"weight\":2,\"lease\":\"1h\"}");
            assertEquals(
                    2,
                    gateway.json("/services?route=shop")
                            .path("healthy_services")
                            .asInt());
            HttpResponse<String> deleted = gateway.delete("/routes/shop");
            assertEquals(204, deleted.statusCode());
            assertEquals("", deleted.headers().firstValue("Content-Type").orElse(""));
            assertEquals(404, gateway.get("/shop/who").statusCode());
            JsonNode left = gateway.json("/services");
            assertEquals(1, left.path("total_services").asInt());
            assertEquals("b", left.at("/services/0/name").asText());
            assertEquals("shop", left.at("/services/0/route").asText());
            assertEquals(404, gateway.delete("/routes/shop").statusCode());
            put(gateway, "shop", "{\"match\":{\"path\":\"/shop\"}}");
            assertEquals("b", who(gateway, "/shop/who"));
        }
    }

    @Test
    void the_built_in_route_can_be_replaced_and_is_back_when_that_is_deleted() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            HttpResponse<String> refused = gateway.delete("/routes/default");
            assertEquals(409, refused.statusCode());
            assertTrue(detail(refused).endsWith("PUT /routes/default replaces it"), refused.body());
            refused = put(gateway, "other", "{\"match\":{\"path\":\"/api\"}}");
            assertEquals(409, refused.statusCode());
            assertEquals(
                    "The route default matches the same requests; change its match, delete it, or use its name",
                    detail(refused));

            assertEquals(
                    201,
                    put(gateway, "default", "{\"match\":{\"path\":\"/v1\"}}").statusCode());
            assertEquals("default:api", names(gateway.json("/routes")));
            assertEquals("a", who(gateway, "/v1/who"));
            assertEquals(404, gateway.get("/api/who").statusCode());
            assertEquals(
                    201,
                    put(gateway, "other", "{\"match\":{\"path\":\"/api\"}}").statusCode(),
                    "free now");
            assertEquals(204, gateway.delete("/routes/other").statusCode());
            assertEquals(204, gateway.delete("/routes/default").statusCode());
            assertEquals("default:built-in", names(gateway.json("/routes")));
            assertEquals("a", gateway.who());
        }
    }

    @Test
    void a_route_of_the_file_is_changed_in_the_file_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            Path file = Files.writeString(folder.resolve("routes.yaml"), """
                    routes:
                      shop: {match: {path: /shop, host: shop.example}, services: [%s]}
                      blog: {match: {path: /blog}}
                    """.formatted(a.url()));
            try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ROUTES", file.toString()))) {
                assertEquals("blog:file shop:file", names(gateway.json("/routes")));
                for (HttpResponse<String> refused :
                        List.of(put(gateway, "shop", shop(a)), gateway.delete("/routes/shop"))) {
                    assertEquals(409, refused.statusCode());
                    assertEquals(
                            "The route shop comes from the file of GATEWAY_ROUTES; change it there", detail(refused));
                }
                assertEquals(
                        409,
                        put(gateway, "b", "{\"match\":{\"path\":\"/blog\"}}").statusCode());
                assertEquals(201, put(gateway, "other", shop(a)).statusCode(), "of any host");
                assertEquals("a", who(gateway, "/shop/who"));
                HttpResponse<String> unclear =
                        gateway.post("/services", "{\"name\":\"a\",\"url\":\"" + a.url() + "\"}");
                assertEquals(400, unclear.statusCode());
                assertEquals("route is missing; there are blog, other, shop", detail(unclear));
            }
        }
    }

    @Test
    void a_service_that_names_no_route_belongs_to_the_only_one() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            Path file = Files.writeString(folder.resolve("routes.yaml"), "routes: {shop: {match: {path: /shop}}}");
            try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ROUTES", file.toString()))) {
                HttpResponse<String> response =
                        gateway.post("/services", "{\"name\":\"a\",\"url\":\"" + a.url() + "\"}");
                assertEquals("shop", TestGateway.json(response).path("route").asText());
                assertEquals(
                        "/services/a?route=shop",
                        response.headers().firstValue("Location").orElse(""));
                assertEquals("a", who(gateway, "/shop/who"));
            }
        }
    }

    @Test
    void services_of_a_name_are_told_apart_by_their_route() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            put(gateway, "shop", "{\"match\":{\"path\":\"/shop\"}}");
            String form = "{\"name\":\"s\",\"url\":\"%s\",\"route\":\"%s\"}";
            gateway.post("/services", form.formatted(a.url(), "default"));
            gateway.post("/services", form.formatted(a.url(), "shop"));
            JsonNode second = TestGateway.json(gateway.post("/services", form.formatted(b.url(), "shop")));
            assertTrue(
                    second.path("note").asText().startsWith("s has 2 instances")
                            && second.path("note").asText().contains("DELETE /services/s?route=shop&instance=http://"),
                    second.toString());
            assertEquals(3, gateway.json("/services/s").path("instances").size());
            assertEquals(
                    2, gateway.json("/services/s?route=shop").path("instances").size());
            gateway.send(gateway.request("/services/s/drain?route=default").POST(BodyPublishers.noBody()));
            assertEquals(503, gateway.get("/api/who").statusCode());
            assertEquals(200, gateway.get("/shop/who").statusCode());
            gateway.send(gateway.request("/services/s/resume?route=default").POST(BodyPublishers.noBody()));
            assertEquals("a", gateway.who());
            assertEquals(204, gateway.delete("/services/s?route=shop").statusCode());
            assertEquals("a", gateway.who());
            HttpResponse<String> gone = gateway.get("/services/s?route=shop");
            assertEquals(404, gone.statusCode());
            assertEquals("No service is called s in the route shop; GET /services lists all", detail(gone));
        }
    }

    @Test
    void what_may_be_secret_is_for_operators_alone() throws Exception {
        String token = "of-the-operators-0123";
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", token))) {
            String route =
                    "{\"match\":{\"path\":\"/shop\"},\"health\":{\"path\":\"/up?key=s3cret\",\"status\":\"200\"},"
                            + "\"headers\":{\"request\":{\"set\":{\"X-Key\":\"s3cret\"}},\"response\":{\"remove\":[\"Server\"]}}}";
            assertEquals(401, put(gateway, "shop", route).statusCode());
            assertEquals(401, gateway.delete("/routes/default").statusCode());
            assertEquals(
                    201,
                    gateway.send(gateway.request("/routes/shop")
                                    .header("Authorization", "Bearer " + token)
                                    .header("Content-Type", "application/json")
                                    .PUT(BodyPublishers.ofString(route)))
                            .statusCode());
            assertEquals(401, gateway.get("/routes/shop").statusCode());
            assertEquals(401, gateway.get("/routes").statusCode());
            String list = gateway.send(gateway.request("/routes").header("Authorization", "Bearer " + token))
                    .body();
            assertFalse(list.contains("s3cret"), list);
            assertTrue(list.contains("\"set\":{\"X-Key\":null}") && list.contains("\"path\":\"/up\""), list);
            String own = gateway.send(gateway.request("/routes/shop").header("Authorization", "Bearer " + token))
                    .body();
            assertEquals(route, own);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "not JSON        | {\"match\":                                   | ''       |",
                "a list          | []                                            | ''       |",
                "empty           | ''                                            | ''       | is empty",
                "no match        | {}                                            | ''       | expected match",
                "a typing error  | {\"match\":{\"path\":\"/a\"},\"strp\":true}    | strp     | strip",
                "a bad path      | {\"match\":{\"path\":\"a\"}}                  | match.path | a:",
                "a bad weight    | {\"match\":{\"path\":\"/a\"},\"services\":[{\"url\":\"http://127.0.0.1:9\",\"weight\":-1}]} | services[0].weight | -1",
                "a bad service   | {\"match\":{\"path\":\"/a\"},\"services\":[\"http://169.254.1.1\"]} | services[0] | link-local",
                "YAML            | {match: {path: /a}}                           | ''       |",
            })
    void a_route_that_cannot_be_used_is_refused_with_the_key_and_what_is_expected(
            String what, String route, String field, String words) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> response = put(gateway, "a", route);
            assertEquals(400, response.statusCode(), response.body());
            JsonNode error = TestGateway.json(response).at("/errors/0");
            assertEquals(field, error.path("field").asText(), response.body());
            assertTrue(error.path("line").asInt() >= 1, response.body());
            assertTrue(words == null || error.path("problem").asText().contains(words), response.body());
            assertEquals("default:built-in", names(gateway.json("/routes")));
        }
    }

    @Test
    void no_route_lists_a_service_at_the_gateways_own_port() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> response = put(
                    gateway,
                    "a",
                    "{\"match\":{\"path\":\"/a\"},\"services\":[\"http://127.0.0.1:" + gateway.port() + "\"]}");
            assertEquals(400, response.statusCode());
            assertEquals(
                    "services[0]",
                    TestGateway.json(response).at("/errors/0/field").asText());
        }
    }

    @Test
    void a_page_of_another_site_changes_no_route() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf();
                RawClient client = gateway.raw()) {
            RawClient.Answer answer = client.send("DELETE /routes/default HTTP/1.1\r\nHost: localhost\r\n"
                            + "Origin: http://evil.example\r\n\r\n")
                    .answer();
            assertEquals(403, answer.status());
        }
    }

    @Test
    void a_changed_check_of_a_route_holds_for_its_services() throws Exception {
        try (TestBackend a = TestBackend.doing((request, wire) -> wire.ok("{\"service\":\"a\"}"))
                        .withHealth((request, wire) -> wire.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
                TestGateway gateway = TestGateway.inFrontOf()) {
            put(gateway, "shop", shop(a));
            assertEquals(503, gateway.get("/shop/who").statusCode());
            put(gateway, "shop", shop(a).replace("{\"match\"", "{\"health\":{\"path\":\"/ready\"},\"match\""));
            Await.until("a good check", () -> gateway.get("/shop/who").statusCode() == 200);
            put(
                    gateway,
                    "blog",
                    shop(a).replace("/shop", "/blog").replace("{\"match\"", "{\"health\":\"off\",\"match\""));
            assertEquals("a", who(gateway, "/blog/who"));
            assertEquals(
                    "not checked",
                    gateway.json("/services?route=blog")
                            .at("/services/0/reason")
                            .asText());
        }
    }
}
