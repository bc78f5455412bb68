import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.net.ServiceUrl;
import gateway.server.ServiceServer;
import gateway.service.FaultInjection;
import gateway.service.Registration;
import gateway.service.ServiceSettings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import io.javalin.config.RoutesConfig;
import io.javalin.testtools.JavalinTest;
import io.javalin.testtools.TestConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The three services, and how they register. */
class ServicesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Arguments> services() {
        return Stream.of(
                Arguments.of(
                        "A",
                        (Consumer<RoutesConfig>) ServiceA::routes,
                        1,
                        100,
                        "[\"apple\",\"banana\",\"cherry\"]",
                        "received"),
                Arguments.of(
                        "B",
                        (Consumer<RoutesConfig>) ServiceB::routes,
                        100,
                        200,
                        "[\"dog\",\"cat\",\"bird\"]",
                        "processed"),
                Arguments.of(
                        "C",
                        (Consumer<RoutesConfig>) ServiceC::routes,
                        200,
                        300,
                        "[\"red\",\"green\",\"blue\"]",
                        "handled"));
    }

    private static List<String> fields(JsonNode node) {
        return StreamSupport.stream(((Iterable<String>) node::fieldNames).spliterator(), false)
                .toList();
    }

    @ParameterizedTest(name = "Service {0}")
    @MethodSource("services")
    void a_service_answers_as_the_demos(
            String letter, Consumer<RoutesConfig> routes, int least, int most, String items, String verb) {
        String name = "Service " + letter;
        JavalinTest.test(ServiceServer.create(FaultInjection.none(), routes), new TestConfig(false), (app, client) -> {
            JsonNode health = JSON.readTree(client.get("/health").body().string());
            assertEquals(List.of("status", "service", "port", "timestamp"), fields(health));
            assertEquals("healthy", health.path("status").asText());
            assertEquals(name, health.path("service").asText());
            assertEquals(app.port(), health.path("port").asInt());
            Instant.parse(health.path("timestamp").asText());

            for (int i = 0; i < 300; i++) {
                JsonNode data = JSON.readTree(client.get("/data").body().string());
                assertEquals(List.of("service", "port", "data", "client_ip", "timestamp"), fields(data));
                assertEquals(List.of("message", "random_value", "items", "count"), fields(data.path("data")));
                assertEquals("Hello from " + name, data.at("/data/message").asText());
                int random = data.at("/data/random_value").asInt();
                assertTrue(least <= random && random <= most, "" + random);
                assertEquals(items, data.at("/data/items").toString());
                assertEquals(3, data.at("/data/count").asInt());
                assertEquals("127.0.0.1", data.path("client_ip").asText());
            }

            JsonNode info = JSON.readTree(client.get("/info").body().string());
            assertEquals(
                    List.of("service_name", "service_id", "port", "version", "capabilities", "timestamp"),
                    fields(info));
            assertEquals(
                    "service-" + letter.toLowerCase(java.util.Locale.ROOT),
                    info.path("service_id").asText());

            assertEquals(
                    name,
                    JSON.readTree(client.get("/").body().string())
                            .path("service")
                            .asText());
        });
    }

    @ParameterizedTest(name = "Service {0}")
    @MethodSource("services")
    void a_service_takes_any_json(
            String letter, Consumer<RoutesConfig> routes, int least, int most, String items, String verb) {
        JavalinTest.test(ServiceServer.create(FaultInjection.none(), routes), new TestConfig(false), (app, client) -> {
            for (String sent : List.of("{\"a\":[1,2]}", "[]", "7", "\"text\"", "null")) {
                for (String type :
                        List.of("application/json", "application/json; charset=utf-8", "application/x+json")) {
                    var response = client.request(
                            "/data",
                            request -> request.header("Content-Type", type)
                                    .post(java.net.http.HttpRequest.BodyPublishers.ofString(sent)));
                    JsonNode answer = JSON.readTree(response.body().string());
                    assertEquals(200, response.code());
                    assertEquals(
                            List.of("service", "port", "message", "received_data", "processed_by", "timestamp"),
                            fields(answer));
                    assertEquals(
                            "Data " + verb + " successfully",
                            answer.path("message").asText());
                    assertEquals(sent, answer.path("received_data").toString());
                    assertEquals(
                            "Service " + letter, answer.path("processed_by").asText());
                }
            }
        });
    }

    @ParameterizedTest(name = "Service {0}")
    @MethodSource("services")
    void a_service_says_what_is_no_json(
            String letter, Consumer<RoutesConfig> routes, int least, int most, String items, String verb) {
        JavalinTest.test(ServiceServer.create(FaultInjection.none(), routes), new TestConfig(false), (app, client) -> {
            for (String sent : List.of("{\"a\":", "nonsense", "")) {
                var response = client.request(
                        "/data",
                        request -> request.header("Content-Type", "application/json")
                                .post(java.net.http.HttpRequest.BodyPublishers.ofString(sent)));
                JsonNode answer = JSON.readTree(response.body().string());
                assertEquals(400, response.code(), sent);
                assertTrue(answer.path("error").asText().startsWith("the body isn't JSON: "), answer.toString());
            }
        });
    }

    @ParameterizedTest(name = "Service {0}")
    @MethodSource("services")
    void a_service_in_trouble_is_slow_and_fails_but_its_health_is_not(
            String letter, Consumer<RoutesConfig> routes, int least, int most, String items, String verb) {
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        Queue<Double> random = new ConcurrentLinkedQueue<>(List.of(0.5, 0.2, 0.5, 0.3)); // a pause, a share, twice
        FaultInjection faults = new FaultInjection(Duration.ofMillis(40), 0.25, random::remove, pauses::add);
        JavalinTest.test(ServiceServer.create(faults, routes), new TestConfig(false), (app, client) -> {
            assertEquals(200, client.get("/health").code());
            assertEquals(List.of(), pauses);

            var failed = client.get("/data");
            assertEquals(500, failed.code());
            assertEquals(
                    "{\"error\":\"failed on purpose: SERVICE_ERROR_RATE is 0.25\"}",
                    failed.body().string());
            assertEquals(200, client.get("/data").code());
            assertEquals(List.of(Duration.ofMillis(40), Duration.ofMillis(40)), pauses);
        });
    }

    private static Registration register(int gatewayPort, String name, TestBackend service) {
        return Registration.start(
                List.of(ServiceUrl.parse("http://127.0.0.1:" + gatewayPort)),
                Optional.empty(),
                name,
                ServiceUrl.parse(service.url()));
    }

    @Tag("process")
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no token where one is wanted | of-the-gateway-0123 | ''                  | for this service, too",
                "another token                | of-the-gateway-0123 | of-the-service-0123 | is another",
                "not where operators are      | ''                  | ''                  | If it has a GATEWAY_ADMIN_PORT",
                "a proxy's machine            | ''                  | ''                  | Set GATEWAY_ADMIN_TOKEN, the same there",
            })
    void a_service_that_is_refused_says_what_to_set(String what, String gatewayToken, String token, String advice)
            throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("GATEWAY_ADMIN_TOKEN", gatewayToken));
        if (what.startsWith("not where")) {
            settings.put("GATEWAY_ADMIN_PORT", "0");
        } else if (what.startsWith("a proxy")) {
            settings.put("GATEWAY_TRUSTED_PROXIES", "127.0.0.1");
        }
        try (TestGateway gateway = TestGateway.with(settings);
                Launched service = Program.start(
                        Map.of("GATEWAY_URL", "http://127.0.0.1:" + gateway.port(), "GATEWAY_ADMIN_TOKEN", token),
                        "ServiceA",
                        "0")) {
            String line = service.line(" refused service-a: ");
            assertTrue(line.contains(advice), line);
            assertFalse(service.output().contains("-0123"), service.output());
            assertEquals(0, gateway.json("/services").path("total_services").asInt());
        }
    }

    @Test
    void a_service_registers_with_the_route_weight_and_health_of_its_settings() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of())) {
            Map<String, String> settings = Map.of(
                    "GATEWAY_URL", "http://127.0.0.1:" + gateway.port(),
                    "SERVICE_URL", a.url(),
                    "SERVICE_ROUTE", "default",
                    "SERVICE_WEIGHT", "3",
                    "SERVICE_HEALTH", "off");
            Registration registration =
                    Registration.start(ServiceSettings.from(settings, List.of(), 8001), "a", a.port());
            Await.until("its registration", () -> gateway.get("/services/a").statusCode() == 200);
            JsonNode service = gateway.json("/services/a");
            assertEquals(3, service.path("weight").asInt());
            assertEquals("off", service.path("health").asText());
            registration.close();
            assertEquals(404, gateway.get("/services/a").statusCode());
        }
    }

    @Test
    @Tag("process")
    void a_service_whose_route_is_not_there_says_which_are_and_which_setting_it_is() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of());
                Launched service = Program.start(
                        Map.of("GATEWAY_URL", "http://127.0.0.1:" + gateway.port(), "SERVICE_ROUTE", "shop"),
                        "ServiceA",
                        "0")) {
            String line = service.line(" refused service-a: ");
            assertTrue(
                    line.endsWith("route names no route: \"shop\"; there is default. SERVICE_ROUTE says which one"),
                    line);
        }
    }

    @Test
    void a_service_with_the_token_registers_and_deregisters() throws Exception {
        String token = "of-both-0123456789";
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", token))) {
            Registration registration = Registration.start(
                    List.of(ServiceUrl.parse("http://127.0.0.1:" + gateway.port())),
                    Optional.of(token),
                    "a",
                    ServiceUrl.parse(a.url()));
            Await.until("its registration", () -> gateway.get("/services/a").statusCode() == 200);
            registration.close();
            assertEquals(404, gateway.get("/services/a").statusCode());
        }
    }

    /** With one gateway's URL alone, the whole cluster lost its services 15 s after that gateway died. */
    @Test
    void of_several_gateways_a_service_takes_the_next_when_one_is_gone() throws Exception {
        List<ServiceUrl> gateways = new ArrayList<>();
        gateways.add(ServiceUrl.parse("http://127.0.0.1:" + TestBackend.deadPort()));
        try (TestBackend a = TestBackend.named("a");
                TestGateway second = TestGateway.with(Map.of("GATEWAY_LEASE", "1s"));
                TestGateway third = TestGateway.with(Map.of())) {
            gateways.add(ServiceUrl.parse("http://127.0.0.1:" + second.port()));
            gateways.add(ServiceUrl.parse("http://127.0.0.1:" + third.port()));
            Registration registration = Registration.start(gateways, Optional.empty(), "a", ServiceUrl.parse(a.url()));
            try {
                Await.until("its registration", () -> second.get("/services/a").statusCode() == 200);
                assertEquals(404, third.get("/services/a").statusCode());
                second.app.stop();
                Await.until("its next one", () -> third.get("/services/a").statusCode() == 200);
            } finally {
                registration.close();
            }
            assertEquals(404, third.get("/services/a").statusCode(), "it deregisters where it is");
        }
    }

    @Test
    void a_service_registers_itself_stays_and_deregisters() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_LEASE", "2s"))) {
            try (Registration registration = register(gateway.port(), "service-a", a)) {
                Await.until(
                        "its registration",
                        () -> gateway.json("/services").path("healthy_services").asInt() == 1);
                assertEquals("a", gateway.who());
                assertEquals(
                        "2s", gateway.json("/services/service-a").path("lease").asText());
                // It outlives its lease because it renews.
                String since = gateway.json("/services/service-a").path("since").asText();
                Instant end = Instant.now().plusMillis(3500);
                Await.until("more than one lease", () -> {
                    assertEquals(
                            since,
                            gateway.json("/services/service-a").path("since").asText());
                    return Instant.now().isAfter(end);
                });
                assertTrue(registration != null);
            }
            assertEquals(404, gateway.get("/services/service-a").statusCode());
        }
    }

    @Test
    void a_service_waits_for_a_gateway_that_is_not_there_yet_and_survives_its_restart() throws Exception {
        int port = TestBackend.deadPort();
        Map<String, String> settings = Map.of("GATEWAY_PORT", "" + port, "GATEWAY_LEASE", "1s");
        try (TestBackend a = TestBackend.named("a");
                Registration registration = register(port, "service-a", a)) {
            for (int start = 0; start < 2; start++) {
                try (TestGateway gateway = TestGateway.with(settings)) {
                    Await.until(
                            "its registration",
                            () -> gateway.json("/services")
                                            .path("healthy_services")
                                            .asInt()
                                    == 1);
                    assertEquals("a", gateway.who());
                }
            }
            assertTrue(registration != null);
        }
    }

    /** On a busy machine a first registration took 2.3 s, and the service said "No gateway", though there was one. */
    @Tag("process")
    @Test
    void a_gateway_that_does_not_answer_in_time_is_not_called_missing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            try (Launched service = Program.start(Map.of("GATEWAY_URL", url), "ServiceA", "0")) {
                service.line("No answer from " + url + " in time; will retry");
                assertFalse(service.output().contains("No gateway"), service.output());
            }
        }
    }

    @Test
    void deregistering_from_a_gateway_that_is_gone_takes_no_longer_than_its_timeout() throws IOException {
        try (TestBackend a = TestBackend.named("a")) {
            Registration registration = register(TestBackend.deadPort(), "service-a", a);
            registration.close();
            registration.close();
        }
    }
}
