import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** POST, GET and DELETE of /services. */
class RegistrationApiTest {
    private static String form(String name, String url) {
        return "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"}";
    }

    @Test
    void a_new_service_is_checked_at_once_and_then_gets_requests() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            assertEquals(503, gateway.get("/api/who").statusCode());
            HttpResponse<String> response = gateway.post("/services", form("service-d", a.url()));
            JsonNode answer = TestGateway.json(response);
            assertEquals(201, response.statusCode());
            assertEquals(
                    "/services/service-d",
                    response.headers().firstValue("Location").orElse(""));
            assertEquals("added", answer.path("outcome").asText());
            assertEquals("healthy", answer.path("status").asText());
            assertTrue(answer.at("/last_check/good").asBoolean());
            assertEquals("a", gateway.who());

            response = gateway.post("/services", form("service-d", a.url()));
            assertEquals(200, response.statusCode());
            assertEquals("renewed", TestGateway.json(response).path("outcome").asText());
            assertEquals(1, gateway.json("/services").path("total_services").asInt());
        }
    }

    @Test
    void the_answer_says_what_the_check_saw_and_the_service_waits() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            int port = TestBackend.deadPort();
            HttpResponse<String> response = gateway.post("/services", form("d", "http://127.0.0.1:" + port));
            JsonNode answer = TestGateway.json(response);
            assertEquals(201, response.statusCode());
            assertEquals("checking", answer.path("status").asText());
            assertEquals("connection refused", answer.at("/last_check/error").asText());
            assertEquals(503, gateway.get("/api/who").statusCode());
            try (TestBackend late = TestBackend.named("late", port)) {
                Await.until("its first good check", () -> gateway.status(0).equals("healthy"));
                assertEquals("late", gateway.who());
                assertEquals(port, late.port());
            }
        }
    }

    @Test
    void a_deleted_service_gets_no_more_requests_and_finishes_the_one_under_way() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (TestBackend slow = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf()) {
            gateway.post("/services", form("d", slow.url()));
            Future<HttpResponse<String>> underWay = threads.submit(() -> gateway.get("/api/slow"));
            slow.next();
            HttpResponse<String> deleted = gateway.delete("/services/d");
            assertEquals(204, deleted.statusCode());
            assertEquals("", deleted.headers().firstValue("Content-Type").orElse(""));
            assertEquals(503, gateway.get("/api/slow").statusCode());
            latch.countDown();
            assertEquals(200, underWay.get().statusCode());
            assertEquals(404, gateway.delete("/services/d").statusCode());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_lease_that_is_not_renewed_ends() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_LEASE", "1h"))) {
            gateway.post("/services", "{\"name\":\"e\",\"url\":\"" + a.url() + "\",\"lease\":\"default\"}");
            assertEquals("1h", gateway.json("/services/e").path("lease").asText());
            gateway.post("/services", "{\"name\":\"d\",\"url\":\"" + a.url() + "\",\"lease\":\"2s\"}");
            Await.until("d's leaving", () -> {
                JsonNode service = gateway.json("/services/d");
                assertTrue(service.path("lease_left_ms").asInt() <= 2000, service.toString());
                return service.path("status").asInt() == 404;
            });
            assertEquals(200, gateway.get("/services/e").statusCode());
        }
    }

    @Test
    void a_service_says_its_weight_and_how_it_is_checked_and_a_renewal_that_does_not_leaves_both() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            String form = form("a", a.url());
            String start = form.substring(0, form.length() - 1);
            JsonNode answer = TestGateway.json(gateway.post(
                    "/services", start + ",\"weight\":7,\"health\":{\"path\":\"/up?key=secret\",\"status\":200}}"));
            assertEquals("healthy", answer.path("status").asText());
            assertEquals(7, answer.path("weight").asInt());
            assertEquals(
                    "{\"path\":\"/up\",\"status\":\"200\"}",
                    answer.path("health").toString(),
                    "a query may be secret");
            assertEquals("/up?key=secret", a.next().target());

            answer = TestGateway.json(gateway.post("/services", form));
            assertEquals(7, answer.path("weight").asInt());
            assertEquals("/up", answer.at("/health/path").asText());

            answer = TestGateway.json(gateway.post("/services", start + ",\"weight\":0,\"health\":\"off\"}"));
            assertEquals("draining", answer.path("status").asText());
            assertEquals("its weight is 0", answer.path("reason").asText());
            assertEquals(503, gateway.get("/api/who").statusCode(), "at once");
            answer = TestGateway.json(gateway.post("/services", start + ",\"weight\":1,\"route\":\"default\"}"));
            assertTrue(answer.path("weight").isMissingNode()
                    && answer.path("route").isMissingNode());
            assertEquals("off", answer.path("health").asText());
            assertEquals("a", gateway.who());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {"off | not checked | none", "tcp | its first check was good | true"})
    void a_service_without_a_health_page_serves_at_once(String health, String reason, String check) throws Exception {
        try (TestBackend a = TestBackend.named("a").withHealth((request, wire) -> wire.close());
                TestGateway gateway = TestGateway.inFrontOf()) {
            JsonNode answer = TestGateway.json(gateway.post(
                    "/services", "{\"name\":\"a\",\"url\":\"" + a.url() + "\",\"health\":\"" + health + "\"}"));
            assertEquals("healthy", answer.path("status").asText());
            assertEquals(reason, answer.path("reason").asText());
            assertEquals(check, answer.at("/last_check/good").asText("none"));
            assertEquals("a", gateway.who());
        }
    }

    @Test
    void a_list_may_be_of_one_route() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            JsonNode list = gateway.json("/services?route=default");
            assertEquals(1, list.path("total_services").asInt());
            assertEquals(1, list.path("healthy_services").asInt());
            HttpResponse<String> unknown = gateway.get("/services?route=shop");
            assertEquals(404, unknown.statusCode());
            assertEquals(
                    "No route is called shop; there is default",
                    TestGateway.json(unknown).path("detail").asText());
        }
    }

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "not JSON,              {\"name\":,                                           the body isn't JSON",
                "empty,                 ``,                                                     the body must be an object",
                "a list,                [],                                                     the body must be an object",
                "two documents,         {} {},                                                  the body isn't JSON",
                "a field twice,         `{\"name\":\"a\",\"name\":\"b\"}`,                      the body isn't JSON",
                "no name,               {\"url\":\"http://h:1\"},                             name is missing",
                "no url,                {\"name\":\"a\"},                                       url is missing",
                "name null,             `{\"name\":null,\"url\":\"http://h:1\"}`,             name is missing",
                "name a number,         `{\"name\":7,\"url\":\"http://h:1\"}`,                `name must be text, not 7`",
                "name with a slash,     `{\"name\":\"a/b\",\"url\":\"http://h:1\"}`,          name must be 1 to 64 letters",
                "name too long,         `{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"url\":\"http://h:1\"}`, name must be 1 to 64 letters",
                "url a list,            `{\"name\":\"a\",\"url\":[]}`,                          `url must be text, not []`",
                "url without scheme,    `{\"name\":\"a\",\"url\":\"h:1\"}`,                     url must start with http:// or https://",
                "url ftp,               `{\"name\":\"a\",\"url\":\"ftp://h:1\"}`,             url must start with http:// or https://",
                "url with a user,       `{\"name\":\"a\",\"url\":\"http://u@h:1\"}`,          url must not carry a user name",
                "url with a query,      `{\"name\":\"a\",\"url\":\"http://h:1/?q\"}`,         url must not have a query",
                "url with a fragment,   `{\"name\":\"a\",\"url\":\"http://h:1/#f\"}`,         url must not have a query",
                "url with an empty part,`{\"name\":\"a\",\"url\":\"http://a..b\"}`,           url must name a host without empty parts",
                "url with a long part,  `{\"name\":\"a\",\"url\":\"http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}`, url must name a host whose parts",
                "port out of range,     `{\"name\":\"a\",\"url\":\"http://h:70000\"}`,        `url must have a port from 1 to 65535`",
                "weight a text,         `{\"name\":\"a\",\"url\":\"http://h:1\",\"weight\":\"3\"}`, `weight must be a whole number from 0 to 1000, not \"3\"`",
                "weight too large,      `{\"name\":\"a\",\"url\":\"http://h:1\",\"weight\":1001}`, `weight must be a whole number from 0 to 1000, not 1001`",
                "weight a fraction,     `{\"name\":\"a\",\"url\":\"http://h:1\",\"weight\":1.5}`, `weight must be a whole number from 0 to 1000, not 1.5`",
                "an unknown route,      `{\"name\":\"a\",\"url\":\"http://h:1\",\"route\":\"shop\"}`, `route names no route: \"shop\"; there is default`",
                "route a number,        `{\"name\":\"a\",\"url\":\"http://h:1\",\"route\":1}`, `route must be text, not 1`",
                "health unknown,        `{\"name\":\"a\",\"url\":\"http://h:1\",\"health\":\"on\"}`, `health must be \"tcp\", \"off\", or an object like {\"path\":\"/healthz\",\"status\":\"200-399\"}, not \"on\"`",
                "health empty,          `{\"name\":\"a\",\"url\":\"http://h:1\",\"health\":{}}`, `health must be \"tcp\", \"off\", or an object`",
                "health with more,      `{\"name\":\"a\",\"url\":\"http://h:1\",\"health\":{\"paht\":\"/\"}}`, `health has paht, which is not known`",
                "health path,           `{\"name\":\"a\",\"url\":\"http://h:1\",\"health\":{\"path\":\"up\"}}`, `health has the path \"up\": expected a path that begins with a slash`",
                "health status,         `{\"name\":\"a\",\"url\":\"http://h:1\",\"health\":{\"status\":\"2xx\"}}`, `health has the status \"2xx\": expected statuses from 200 to 599`",
                "lease a number,        `{\"name\":\"a\",\"url\":\"http://h:1\",\"lease\":15}`, `lease must be text like \"15s\", not 15`",
                "lease without unit,    `{\"name\":\"a\",\"url\":\"http://h:1\",\"lease\":\"15\"}`, lease expected a whole number and a unit",
                "lease too short,       `{\"name\":\"a\",\"url\":\"http://h:1\",\"lease\":\"1ms\"}`, lease expected a duration from 1s to 24h",
                "an unknown field,      `{\"name\":\"a\",\"url\":\"http://h:1\",\"leese\":\"1s\"}`, leese is not known",
                "everything at once,    `{\"name\":\"\",\"url\":\"\",\"lease\":\"\"}`,          name must be 1 to 64 letters",
            })
    void what_is_not_valid_is_said_field_by_field(String what, String body, String detail) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> response = gateway.post("/services", body);
            JsonNode problem = TestGateway.json(response);
            assertEquals(400, response.statusCode(), response.body());
            assertTrue(problem.path("detail").asText().startsWith(detail), response.body());
            assertEquals(0, gateway.json("/services").path("total_services").asInt());
        }
    }

    /** It was registered, and listed as a service that nobody could reach. */
    @Test
    void a_url_with_a_host_of_300_letters_is_refused() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String host = "abcdefghi.".repeat(30);
            HttpResponse<String> response = gateway.post("/services", form("a", "http://" + host + "x"));
            assertEquals(400, response.statusCode());
            assertEquals(
                    "url must name a host with at most 253 characters, not 301",
                    TestGateway.json(response).path("detail").asText());
            assertEquals(0, gateway.json("/services").path("total_services").asInt());
        }
    }

    @Test
    void the_gateways_own_address_is_no_service() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            for (String host : List.of("localhost", "127.0.0.1", "127.0.0.5", "[::1]", "0.0.0.0")) {
                HttpResponse<String> response =
                        gateway.post("/services", form("loop", "http://" + host + ":" + gateway.port()));
                assertEquals(400, response.statusCode(), host);
                assertEquals(
                        "url is the gateway's own address",
                        TestGateway.json(response).path("detail").asText());
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "application/json, 400",
        "application/json; charset=utf-8, 400",
        "application/vnd.service+json, 400",
        "text/plain, 415",
        "application/x-www-form-urlencoded, 415",
        ", 415",
    })
    void only_json_is_read(String contentType, int status) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            var request = gateway.request("/services").POST(BodyPublishers.ofString("{}"));
            if (contentType != null) {
                request.header("Content-Type", contentType);
            }
            assertEquals(status, gateway.send(request).statusCode());
        }
    }

    @Test
    void more_than_64_KB_is_not_read() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String padding = " ".repeat(64 * 1024);
            assertEquals(413, gateway.post("/services", "{}" + padding).statusCode());
            assertEquals(
                    400, gateway.post("/services", "{}" + padding.substring(2)).statusCode());
        }
    }

    /** Each waits for its 100: by then the gateway has found out whose connection it is, which may end after that. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a chunk that is none, Transfer-Encoding: chunked, xyz~",
        "a body that ends early, Content-Length: 10, {",
    })
    void a_broken_body_is_the_clients_fault(String what, String framing, String body) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf();
                RawClient client = gateway.raw()) {
            client.send("POST /services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\n" + framing + "\r\n\r\n");
            assertEquals(100, client.head().status());
            client.send(body.replace("~", "\r\n")).endOutput();
            assertEquals(400, client.answer().status());
        }
    }

    @Test
    void totals_outlive_the_services() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            gateway.post("/services", form("d", a.url()));
            gateway.who();
            gateway.delete("/services/d");
            assertEquals(1, gateway.json("/stats").at("/totals/forwarded").asInt());
        }
    }

    @Test
    void a_hundred_registrations_at_once_lose_none() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String form = form("service-" + i, a.url() + "/" + i);
                answers.add(threads.submit(() -> gateway.post("/services", form).statusCode()));
            }
            for (Future<Integer> answer : answers) {
                assertEquals(201, answer.get());
            }
            assertEquals(100, gateway.json("/services").path("total_services").asInt());
        } finally {
            threads.shutdownNow();
        }
    }
}
