import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.net.ServiceUrl;
import gateway.service.Registration;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A name has one instance or several: who is meant by a registration, a deregistration and a drain. */
class InstancesTest {
    private static final Map<String, String> OFTEN_CHECKED = Map.of("GATEWAY_HEALTH_INTERVAL", "50ms");

    /** None ends within a test: who leaves has been deregistered, if perhaps late on a busy machine. */
    private static final Map<String, String> LONG_LEASES = Map.of("GATEWAY_LEASE", "1h");

    private static HttpResponse<String> register(TestGateway gateway, String name, String url) throws Exception {
        return gateway.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"}");
    }

    private static HttpResponse<String> register(TestGateway gateway, String name, String url, String id)
            throws Exception {
        return gateway.post(
                "/services", "{\"name\":\"" + name + "\",\"url\":\"" + url + "\",\"instance\":\"" + id + "\"}");
    }

    private static Registration start(TestGateway gateway, String name, TestBackend service) {
        return Registration.start(
                List.of(ServiceUrl.parse("http://127.0.0.1:" + gateway.port())),
                Optional.empty(),
                name,
                ServiceUrl.parse(service.url()));
    }

    private static Set<String> whoOf(TestGateway gateway, int requests) throws Exception {
        Set<String> who = new TreeSet<>();
        for (int i = 0; i < requests; i++) {
            who.add(gateway.who());
        }
        return who;
    }

    private static List<String> urls(JsonNode services) {
        return StreamSupport.stream(services.spliterator(), false)
                .map(service -> service.path("url").asText())
                .toList();
    }

    @Test
    void two_instances_of_a_name_take_turns_and_the_answer_names_both_and_says_how_to_remove_one() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url());
            HttpResponse<String> answer = register(gateway, "d", b.url());
            assertEquals(201, answer.statusCode());
            JsonNode added = TestGateway.json(answer);
            assertEquals("added", added.path("outcome").asText());
            assertEquals(b.url(), added.path("instance").asText());
            String note = added.path("note").asText();
            assertTrue(note.startsWith("d has 2 instances, which take turns: "), note);
            assertTrue(note.contains(a.url()) && note.contains(b.url()), note);
            assertTrue(note.endsWith("To remove one: DELETE /services/d?instance=" + a.url()), note);
            assertEquals(Set.of("a", "b"), whoOf(gateway, 2));

            JsonNode service = gateway.json("/services/d");
            assertEquals(Set.of(a.url(), b.url()), new TreeSet<>(urls(service.path("instances"))), service.toString());
            assertEquals("healthy", service.path("status").asText(), "as before there were instances");
            assertEquals(2, gateway.json("/services").path("total_services").asInt());
            assertEquals(204, gateway.delete(note.replaceAll(".*DELETE ", "")).statusCode());
            assertEquals(Set.of("b"), whoOf(gateway, 2));
            assertFalse(gateway.json("/services/d").has("instances"), "it has one again");
        }
    }

    /** A healthy service was dropped at once for a URL at which nobody listened yet. */
    @Test
    void a_url_where_nobody_listens_yet_costs_the_healthy_instance_no_request() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(OFTEN_CHECKED)) {
            register(gateway, "d", a.url());
            int port = TestBackend.deadPort();
            register(gateway, "d", "http://127.0.0.1:" + port);
            assertEquals(Set.of("a"), whoOf(gateway, 5));
            assertEquals("healthy", gateway.json("/services/d").path("status").asText());
            try (TestBackend late = TestBackend.named("late", port)) {
                Await.until(
                        "its first good check",
                        () -> gateway.json("/services").path("healthy_services").asInt() == 2);
                assertEquals(Set.of("a", "late"), whoOf(gateway, 2));
                assertEquals(port, late.port());
            }
        }
    }

    /** The old process's deregistration took out the new one, which had registered under the same name meanwhile. */
    @Test
    void a_service_that_stops_takes_out_itself_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(LONG_LEASES)) {
            Registration before = start(gateway, "d", a);
            Await.until("the old one", () -> gateway.get("/services/d").statusCode() == 200);
            Registration after = start(gateway, "d", b);
            Await.until("both, after its first check", () -> whoOf(gateway, 2).contains("b"));
            before.close();
            Await.until(
                    "the old one's leaving",
                    () -> gateway.json("/services").path("total_services").asInt() == 1);
            assertEquals(List.of(b.url()), urls(gateway.json("/services").path("services")));
            assertEquals(Set.of("b"), whoOf(gateway, 3));
            after.close();
            Await.until("its leaving", () -> gateway.get("/services/d").statusCode() == 404);
        }
    }

    /** Stop, then start, at the same URL: the gateway got the deregistration after the new process's registration. */
    @Test
    void a_late_deregistration_does_not_take_out_who_has_the_url_by_then() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(LONG_LEASES)) {
            Registration before = start(gateway, "d", a);
            Await.until("the old one", () -> gateway.get("/services/d").statusCode() == 200);
            String old = gateway.json("/services/d").path("instance").asText();
            Registration after = start(gateway, "d", a);
            Await.until(
                    "the new one",
                    () -> !gateway.json("/services/d").path("instance").asText().equals(old));
            before.close();
            assertEquals("a", gateway.who());
            assertEquals(404, gateway.delete("/services/d?instance=" + old).statusCode());
            assertEquals("a", gateway.who());
            after.close();
            Await.until("its leaving", () -> gateway.get("/services/d").statusCode() == 404);
        }
    }

    @Test
    void an_operators_delete_by_name_removes_all_instances() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend c = TestBackend.named("c");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url());
            register(gateway, "d", b.url(), "web-1");
            register(gateway, "e", c.url());
            assertEquals(204, gateway.delete("/services/d").statusCode());
            assertEquals(Set.of("c"), whoOf(gateway, 3));
            assertEquals(404, gateway.delete("/services/d").statusCode());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "its id                 | web-1         | 204",
                "its URL                | URL           | 204",
                "its URL, not so neat   | URL/          | 204",
                "another id             | web-2         | 404",
                "another's URL          | http://h:1    | 404",
                "nothing                | ''            | 404",
            })
    void an_instance_is_meant_by_its_id_or_its_url(String what, String instance, int status) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url(), "web-1");
            String meant = "/services/d?instance=" + instance.replace("URL", a.url());
            assertEquals(status == 204 ? 200 : 404, gateway.get(meant).statusCode());
            HttpResponse<String> deleted = gateway.delete(meant);
            assertEquals(status, deleted.statusCode(), deleted.body());
            assertEquals(
                    status == 204 ? 0 : 1,
                    gateway.json("/services").path("total_services").asInt());
        }
    }

    @Test
    void an_instance_that_moves_serves_at_its_old_url_until_the_new_one_has_its_first_good_check() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(OFTEN_CHECKED)) {
            register(gateway, "d", a.url(), "web-1");
            int port = TestBackend.deadPort();
            HttpResponse<String> answer = register(gateway, "d", "http://127.0.0.1:" + port, "web-1");
            assertEquals(200, answer.statusCode());
            assertEquals("moved", TestGateway.json(answer).path("outcome").asText());
            assertEquals(
                    "Instance web-1 was at " + a.url() + ", which gets requests until this URL has a good check",
                    TestGateway.json(answer).path("note").asText());
            assertEquals(Set.of("a"), whoOf(gateway, 5));
            String reason = gateway.json("/services/d?instance=" + a.url())
                    .path("reason")
                    .asText();
            assertEquals("moved to http://127.0.0.1:" + port + ", and serves until that has a good check", reason);
            try (TestBackend b = TestBackend.named("b", port)) {
                Await.until(
                        "its move",
                        () -> gateway.json("/services").path("total_services").asInt() == 1);
                assertEquals(Set.of("b"), whoOf(gateway, 3));
                assertEquals(
                        b.url(),
                        gateway.json("/services/d?instance=web-1").path("url").asText());
            }
        }
    }

    @Test
    void an_instance_that_moves_to_where_it_already_listens_has_moved_with_the_answer() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url(), "web-1");
            JsonNode moved = TestGateway.json(register(gateway, "d", b.url(), "web-1"));
            assertEquals("healthy", moved.path("status").asText());
            assertEquals(
                    "Instance web-1 was at " + a.url() + ", which gets no more requests",
                    moved.path("note").asText());
            assertEquals(List.of(b.url()), urls(gateway.json("/services").path("services")));
            assertEquals(404, gateway.delete("/services/d?instance=" + a.url()).statusCode(), "a late message");
            assertEquals(Set.of("b"), whoOf(gateway, 2));
        }
    }

    /** Each threw the other out for ever, and nobody was told. */
    @Test
    void two_processes_with_one_id_serve_in_turn_and_the_answer_says_what_to_do() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            List<String> notes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                notes.add(TestGateway.json(register(gateway, "d", a.url(), "web-1"))
                        .path("note")
                        .asText());
                gateway.who();
                notes.add(TestGateway.json(register(gateway, "d", b.url(), "web-1"))
                        .path("note")
                        .asText());
                gateway.who();
            }
            assertFalse(notes.get(1).contains("give each an id of its own"), notes.get(1));
            assertTrue(notes.get(5).contains("give each an id of its own"), notes.get(5));
            assertEquals(0, gateway.json("/stats").at("/totals/failures").asInt());
        }
    }

    @Test
    void one_instance_can_be_drained_and_resumed_and_so_can_all() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url());
            register(gateway, "d", b.url(), "web-1");
            HttpResponse<String> drained = gateway.post("/services/d/drain?instance=web-1", "");
            assertEquals("draining", TestGateway.json(drained).path("status").asText());
            assertEquals(Set.of("a"), whoOf(gateway, 3));
            assertEquals("healthy", gateway.json("/services/d").path("status").asText(), "one of them serves");
            gateway.post("/services/d/drain", "");
            assertEquals(503, gateway.get("/api/who").statusCode());
            gateway.post("/services/d/resume?instance=" + a.url(), "");
            assertEquals(Set.of("a"), whoOf(gateway, 3));
            gateway.post("/services/d/resume", "");
            assertEquals(Set.of("a", "b"), whoOf(gateway, 2));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a number,      7,             `instance must be text, not 7`",
                "a slash in it, `\"a/b\"`,     `instance must be the URL, or 1 to 64 letters`",
                "another URL,   `\"http://h:2\"`, `instance must be the URL, or 1 to 64 letters`",
            })
    void an_instance_id_that_cannot_be_one_is_named(String what, String id, String detail) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            HttpResponse<String> answer =
                    gateway.post("/services", "{\"name\":\"d\",\"url\":\"http://h:1\",\"instance\":" + id + "}");
            assertEquals(400, answer.statusCode());
            String said = TestGateway.json(answer).path("detail").asText();
            assertTrue(said.startsWith(detail), said);
        }
    }

    @Test
    void the_url_as_id_is_the_same_as_none() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            register(gateway, "d", a.url(), a.url() + "/");
            assertEquals(a.url(), gateway.json("/services/d").path("instance").asText());
            assertEquals(
                    "renewed",
                    TestGateway.json(register(gateway, "d", a.url()))
                            .path("outcome")
                            .asText());
        }
    }

    /** In an upgrade of gateways and services some gateways are older than the services. */
    @Test
    void with_a_gateway_that_knows_no_instances_a_service_registers_by_its_url() throws Exception {
        String refusal = "{\"detail\":\"instance is not known\",\"errors\":[{\"field\":\"instance\"}]}";
        try (TestBackend older = TestBackend.doing((request, wire) -> {
            if (request.text().contains("instance")) {
                wire.send("HTTP/1.1 400 Bad Request\r\nContent-Length: " + refusal.length() + "\r\n\r\n" + refusal);
            } else if (request.method().equals("DELETE")) {
                wire.send("HTTP/1.1 204 No Content\r\n\r\n");
            } else {
                wire.ok("{\"outcome\":\"added\",\"lease\":\"15s\"}");
            }
        })) {
            Registration registration = Registration.start(
                    List.of(ServiceUrl.parse(older.url())),
                    Optional.empty(),
                    "d",
                    ServiceUrl.parse("http://127.0.0.1:9"));
            assertTrue(older.next().text().contains("\"instance\":\""));
            assertEquals(
                    "{\"name\":\"d\",\"url\":\"http://127.0.0.1:9\",\"lease\":\"default\"}",
                    older.next().text());
            registration.close();
            assertEquals(
                    "/services/d?instance=http%3A%2F%2F127.0.0.1%3A9",
                    older.next().target());
        }
    }
}
