import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.net.ServiceUrl;
import gateway.service.Registration;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several whole gateways with one list on a real Redis. */
@Tag("redis")
class GatewaysTest {
    private static TestGateway on(TestRedis redis, TestBackend... configured) {
        return on(redis, Map.of(), configured);
    }

    private static TestGateway on(TestRedis redis, Map<String, String> settings, TestBackend... configured) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("GATEWAY_REDIS_URL", redis.url());
        all.put("GATEWAY_HEALTH_INTERVAL", "100ms");
        return TestGateway.with(all, configured);
    }

    private static void register(TestGateway gateway, String name, TestBackend backend, String more) throws Exception {
        String form = "{\"name\":\"" + name + "\",\"url\":\"" + backend.url() + "\"" + more + "}";
        assertTrue(gateway.post("/services", form).statusCode() < 300);
    }

    private static void awaitHealthy(int count, TestGateway... gateways) throws Exception {
        for (TestGateway gateway : gateways) {
            Await.until(
                    count + " healthy services",
                    () -> gateway.json("/services").path("healthy_services").asInt() == count);
        }
    }

    private static void awaitGateways(int count, TestGateway... gateways) throws Exception {
        for (TestGateway gateway : gateways) {
            Await.until(
                    count + " gateways",
                    () -> gateway.json("/gateways").path("total_gateways").asInt() == count);
        }
    }

    @Test
    void without_redis_a_gateway_shows_itself_alone() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            JsonNode answer = gateway.json("/gateways");
            assertEquals(1, answer.path("total_gateways").asInt());
            assertFalse(answer.path("shared").asBoolean(true));
            JsonNode itself = answer.at("/gateways/0");
            assertEquals("127.0.0.1:" + gateway.port(), itself.path("address").asText());
            assertTrue(itself.path("this").asBoolean());
            assertTrue(itself.path("id").asText().matches("[0-9a-f]{16}"));
            assertEquals("1.0.0", itself.path("version").asText());
        }
    }

    @Test
    void a_service_registered_at_one_serves_at_all_also_at_those_that_start_later() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway one = on(redis);
                TestGateway two = on(redis)) {
            register(one, "service-a", a, "");
            awaitHealthy(1, one, two);
            assertEquals("a", two.who());
            try (TestGateway three = on(redis)) {
                awaitHealthy(1, three); // at once, unless Redis takes longer than a second
                assertEquals("a", three.who());
                two.post("/services/service-a/drain", "");
                for (TestGateway gateway : List.of(one, two, three)) {
                    Await.until("that it is drained", () -> gateway.status(0).equals("draining"));
                    assertEquals(503, gateway.get("/api/who").statusCode());
                }
                three.post("/services/service-a/resume", "");
                awaitHealthy(1, one, two, three);
                three.delete("/services/service-a");
                awaitHealthy(0, one, two, three);
                assertEquals(404, one.get("/services/service-a").statusCode());
            }
        }
    }

    @Test
    void three_gateways_see_the_same_instances_and_a_service_that_stops_takes_out_itself_alone() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway one = on(redis);
                TestGateway two = on(redis);
                TestGateway three = on(redis)) {
            Registration before = start("service-a", a, one);
            awaitHealthy(1, one, two, three);
            Registration after = start("service-a", b, two);
            awaitHealthy(2, one, two, three);
            for (TestGateway gateway : List.of(one, two, three)) {
                assertEquals(Set.of("a", "b"), new TreeSet<>(List.of(gateway.who(), gateway.who())));
                assertEquals(
                        one.json("/services/service-a").path("instances").findValuesAsText("instance"),
                        gateway.json("/services/service-a").path("instances").findValuesAsText("instance"));
            }
            before.close();
            awaitHealthy(1, one, two, three);
            for (TestGateway gateway : List.of(one, two, three)) {
                assertEquals(Set.of("b"), new TreeSet<>(List.of(gateway.who(), gateway.who())));
            }
            after.close();
            awaitHealthy(0, one, two, three);
        }
    }

    @Test
    void a_route_put_at_one_holds_at_all_and_when_all_have_started_again() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b")) {
            String shop = "{\"match\":{\"path\":\"/shop\"},\"services\":[\"" + a.url() + "\"]}";
            try (TestGateway one = on(redis);
                    TestGateway two = on(redis)) {
                assertEquals(201, put(one, "shop", shop).statusCode());
                Await.until("the route", () -> two.get("/shop/who").statusCode() == 200);
                register(two, "b", b, ",\"route\":\"shop\",\"weight\":0,\"health\":\"off\",\"lease\":\"1h\"");
                Await.until(
                        "b",
                        () -> one.json("/services?route=shop")
                                        .path("total_services")
                                        .asInt()
                                == 2);
                JsonNode there = one.json("/services/b?route=shop");
                assertEquals(0, there.path("weight").asInt(1));
                assertEquals("off", there.path("health").asText());
            }
            try (TestGateway three = on(redis)) {
                assertEquals("a", three.json("/shop/who").path("service").asText());
                register(three, "b", b, ",\"route\":\"shop\",\"weight\":1,\"lease\":\"1h\"");
                assertEquals(
                        Set.of("a", "b"),
                        new TreeSet<>(List.of(
                                three.json("/shop/who").path("service").asText(),
                                three.json("/shop/who").path("service").asText())));
                try (TestGateway four = on(redis)) {
                    assertEquals(204, three.delete("/routes/shop").statusCode());
                    Await.until("no route", () -> four.get("/shop/who").statusCode() == 404);
                    assertEquals(
                            1, four.json("/services").path("total_services").asInt(), "b has its lease");
                }
            }
        }
    }

    private static HttpResponse<String> put(TestGateway gateway, String name, String route) throws Exception {
        return gateway.send(gateway.request("/routes/" + name)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(route)));
    }

    private static Registration start(String name, TestBackend service, TestGateway gateway) {
        return Registration.start(
                List.of(ServiceUrl.parse("http://127.0.0.1:" + gateway.port())),
                Optional.empty(),
                name,
                ServiceUrl.parse(service.url()));
    }

    @Test
    void gateways_know_of_each_other_and_one_that_stops_takes_itself_out() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestGateway one = on(redis)) {
            try (TestGateway two = on(redis)) {
                awaitGateways(2, one, two);
                JsonNode answer = one.json("/gateways");
                assertTrue(answer.path("shared").asBoolean());
                List<String> addresses = answer.path("gateways").findValuesAsText("address");
                assertTrue(addresses.contains("127.0.0.1:" + two.port()), answer.toString());
                assertEquals(1, answer.path("gateways").findValues("this").size());
            }
            awaitGateways(1, one);
        }
    }

    @Test
    void services_of_the_settings_are_shared_once_and_outlast_their_gateway() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestGateway one = on(redis)) {
            try (TestGateway two = on(redis, a)) {
                assertEquals("a", two.who(), "checked before it listens");
                awaitHealthy(1, one);
                try (TestGateway three = on(redis, a)) {
                    assertEquals(
                            1, three.json("/services").path("total_services").asInt());
                }
                register(one, "service-a", a, "");
                Await.until("its own name", () -> two.get("/services/service-a").statusCode() == 200);
                awaitHealthy(1, one, two);
                assertEquals(1, two.json("/services").path("total_services").asInt());
            }
            assertEquals("a", one.who());
        }
    }

    @Test
    void redis_killed_and_started_empty_empties_no_list() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway one = on(redis);
                TestGateway two = on(redis)) {
            register(one, "service-a", a, "");
            awaitHealthy(1, one, two);
            redis.kill();
            Await.until(
                    "that it is missed",
                    () -> !one.json("/gateways").path("shared").asBoolean(true));
            assertEquals("a", one.who());
            register(two, "service-b", b, ""); // holds here at once
            awaitHealthy(2, two);
            assertEquals(2, two.json("/gateways").path("total_gateways").asInt());
            redis.startAgain();
            awaitHealthy(2, one, two);
            try (TestGateway three = on(redis)) {
                awaitHealthy(2, three);
            }
        }
    }

    @Test
    void no_lease_ends_while_redis_is_silent_and_those_not_renewed_end_when_it_is_back() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway one = on(redis);
                TestGateway two = on(redis)) {
            register(one, "service-a", a, ",\"lease\":\"2s\"");
            register(one, "service-b", b, "");
            awaitHealthy(2, one, two);
            Await.until(
                    "a renewal that the other knows",
                    () -> { // a busy machine may have taken most of the lease
                        register(one, "service-a", a, ",\"lease\":\"2s\"");
                        return two.json("/services/service-a")
                                        .path("lease_left_ms")
                                        .asLong()
                                > 1000;
                    });
            redis.freeze();
            Await.until(
                    "the end of its lease",
                    () -> one.json("/services/service-a").path("lease_left_ms").asLong() == 0);
            assertEquals(200, one.get("/services/service-a").statusCode());
            assertEquals(200, two.get("/services/service-a").statusCode());
            redis.thaw();
            awaitHealthy(1, one, two);
            assertEquals(404, two.get("/services/service-a").statusCode());
        }
    }

    @Test
    void a_gateway_that_starts_without_its_redis_serves_what_its_settings_name_and_shares_it_later() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestBackend a = TestBackend.named("a")) {
            redis.kill();
            try (TestGateway one = on(redis, a)) {
                assertEquals("a", one.who());
                redis.startAgain();
                try (TestGateway two = on(redis)) {
                    awaitHealthy(1, two);
                    assertEquals("a", two.who());
                }
            }
        }
    }
}
