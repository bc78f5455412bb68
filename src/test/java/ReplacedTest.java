import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.TestBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the answers to registrations and drains say of what they replace, and of what a restart forgets. */
class ReplacedTest {
    private static JsonNode register(TestGateway gateway, String name, String url, String more) throws Exception {
        return TestGateway.json(
                gateway.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"" + more + "}"));
    }

    /** In the columns, A and B are the URLs of two services, N is A's name if the settings list it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a new one                             |        |        | d | A | i | added   |",
                "one that renews                       | d A i  |        | d | A | i | renewed |",
                "one that renews and says no id        | d A i  |        | d | A |   | renewed |",
                "a further instance                    | d A i  |        | d | B | j | added   |",
                "an instance at another URL            | d A i  |        | d | B | i | moved   | d i A",
                "a new process at the same URL         | d A i  |        | d | A | j | renewed | d i A",
                "one of a URL that the settings have   |        | listed | d | A | i | added   | N A A",
            })
    void the_answer_tells_whose_place_it_has_taken(
            String what,
            String before,
            String listed,
            String name,
            String place,
            String id,
            String outcome,
            String expected)
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", listed == null ? "" : a.url()))) {
            if (before != null) {
                register(gateway, "d", a.url(), ",\"instance\":\"i\"");
            }
            JsonNode answer = register(
                    gateway,
                    name,
                    place.equals("A") ? a.url() : b.url(),
                    id == null ? "" : ",\"instance\":\"" + id + "\"");
            assertEquals(outcome, answer.path("outcome").asText(), answer.toString());
            List<String> replaced = new ArrayList<>();
            answer.path("replaced")
                    .forEach(each -> replaced.add((each.path("name").asText() + " "
                                    + each.path("instance").asText() + " "
                                    + each.path("url").asText())
                            .replace(a.url(), "A")
                            .replace("127.0.0.1-" + a.port(), "N")));
            assertEquals(expected == null ? List.of() : List.of(expected), replaced);
            assertEquals(expected != null, answer.has("replaced"));
        }
    }

    @Test
    void a_new_process_at_the_same_url_is_an_event_and_a_renewal_is_none() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            for (String id : List.of("i", "i", "j", "j")) {
                register(gateway, "d", a.url(), ",\"lease\":\"15s\",\"instance\":\"" + id + "\"");
            }
            List<String> reasons =
                    gateway.json("/events?kind=registered").path("events").findValuesAsText("reason");
            assertEquals(
                    List.of(
                            "registered with a lease of 15s, in place of the instance i at this URL",
                            "registered with a lease of 15s"),
                    reasons);
        }
    }

    @Test
    void what_a_restart_forgets_is_said_where_it_is_done() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            assertEquals(
                    "A restart of the gateway forgets this service. To keep it, register it with a lease and renew that,"
                            + " or list it in a route of GATEWAY_ROUTES or in GATEWAY_SERVICES, or name a file in"
                            + " GATEWAY_STATE",
                    register(gateway, "a", a.url(), "").path("after_restart").asText());
            assertFalse(register(gateway, "b", a.url(), ",\"lease\":\"15s\"").has("after_restart"));
            assertEquals(
                    "A restart of the gateway ends this drain; with GATEWAY_STATE it would stay",
                    TestGateway.json(gateway.post("/services/b/drain", ""))
                            .path("after_restart")
                            .asText());
            assertFalse(TestGateway.json(gateway.post("/services/b/resume", "")).has("after_restart"));
            assertFalse(gateway.json("/services/a").has("after_restart"), "it isn't said again");
        }
    }
}
