import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Ports;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import io.javalin.router.ParsedEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A port of its own for changes and what is private. */
class AdminPortTest {
    private static TestBackend a;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        a = TestBackend.named("a");
        gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_PORT", "0"), a);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        a.close();
    }

    private static int adminPort() {
        return adminPort(gateway);
    }

    private static int adminPort(TestGateway of) {
        return ((ServerConnector) of.app.jettyServer().server().getConnectors()[1]).getLocalPort();
    }

    private static RawClient.Answer ask(int port, String operation, String headers) throws Exception {
        String request = operation + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n";
        try (RawClient client = new RawClient(port).send(request)) {
            return operation.contains("/events") || operation.startsWith("HEAD") ? client.head() : client.answer();
        }
    }

    @ParameterizedTest(name = "{0}: {1} at the main port, {2} at the other")
    @CsvSource({
        "GET /api/x, 200, 404",
        "GET /api, 200, 404",
        "POST /api/x, 200, 404",
        "GET /health, 200, 200",
        "GET /stats, 200, 200",
        "GET /services, 200, 200",
        "GET /gateways, 200, 200",
        "GET /limits/explain, 200, 200",
        "GET /limits/explain?ip=192.0.2.1, 403, 200",
        "GET /docs, 200, 200",
        "GET /dashboard/assets/main.js, 200, 200",
        "GET /dashboard, 404, 200",
        "GET /dashboard/events, 404, 200",
        "HEAD /dashboard/events, 404, 200",
        "GET /dashboard/history, 404, 200",
        "GET /metrics, 404, 200",
        "GET /requests/none, 404, 404",
        "POST /services, 404, 415",
        "POST /services/none/drain, 404, 404",
        "DELETE /services/none, 404, 404",
        "GET /nothing, 404, 404",
    })
    void what_is_where(String operation, int main, int other) throws Exception {
        assertEquals(main, ask(gateway.port(), operation, "").status());
        assertEquals(other, ask(adminPort(), operation, "").status());
    }

    /** Each own path with its methods, at the main port those that aren't for operators. */
    @ParameterizedTest(name = "{0}: {1} at the main port, {2} at the other")
    @CsvSource(
            delimiter = '|',
            value = {
                "/                        | GET HEAD | GET HEAD",
                "/health                  | GET HEAD | GET HEAD",
                "/stats                   | GET HEAD | GET HEAD",
                "/services                | GET HEAD | GET HEAD POST",
                "/services/x              | GET HEAD | GET HEAD DELETE",
                "/services/x/drain        |          | POST",
                "/services/x/resume       |          | POST",
                "/gateways                | GET HEAD | GET HEAD",
                "/limits/explain          | GET HEAD | GET HEAD DELETE",
                "/limits/x                |          | DELETE",
                "/metrics                 |          | GET HEAD",
                "/routes                  |          | GET HEAD",
                "/routes/x                |          | GET HEAD PUT DELETE",
                "/config                  |          | GET HEAD",
                "/requests                |          | GET HEAD",
                "/requests/x              |          | GET HEAD",
                "/events                  |          | GET HEAD",
                "/dashboard               |          | GET HEAD",
                "/dashboard/events        |          | GET HEAD",
                "/dashboard/history       |          | GET HEAD",
                "/dashboard/assets/a.js   | GET HEAD | GET HEAD",
                "/docs                    | GET HEAD | GET HEAD",
                "/openapi.json            | GET HEAD | GET HEAD",
                "/webjars/a/b.js          | GET HEAD | GET HEAD",
                "/limits                  |          |",
                "/nothing                 |          |",
            })
    void each_port_answers_as_if_it_had_no_other_methods(String path, String main, String other) throws Exception {
        for (String method : METHODS) {
            Set<String> all = methods(other);
            check(method, path, gateway.port(), methods(main), all.contains(method));
            check(method, path, adminPort(), all, false);
        }
    }

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY");

    private static Set<String> methods(String words) {
        return words == null ? Set.of() : new TreeSet<>(List.of(words.split(" ")));
    }

    /** @param elsewhere whether the other port has this method, so that this one knows nothing of it */
    private static void check(String method, String path, int port, Set<String> here, boolean elsewhere)
            throws Exception {
        if (here.contains(method)) {
            return; // what_is_where shows these
        }
        String what = method + " " + path;
        var answer = ask(port, what, "");
        assertEquals(here.isEmpty() || elsewhere ? 404 : 405, answer.status(), what);
        Set<String> allowed = new TreeSet<>();
        answer.header("Allow").forEach(line -> allowed.addAll(List.of(line.split(", "))));
        assertEquals(answer.status() == 405 ? here : Set.of(), allowed, what);
    }

    /** So that the table above forgets none. */
    @Test
    void the_table_has_all_own_paths() throws Exception {
        CsvSource table = AdminPortTest.class
                .getDeclaredMethod(
                        "each_port_answers_as_if_it_had_no_other_methods", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class);
        Set<String> listed = new TreeSet<>();
        Set<String> own = new TreeSet<>();
        for (ParsedEndpoint known : gateway.app.unsafe.internalRouter.allHttpHandlers()) {
            String method = known.endpoint.method.name();
            if (!known.endpoint.method.isHttpMethod()) {
                continue;
            }
            own.add(method + " " + known.endpoint.path);
            for (String row : table.value()) {
                String[] cells = row.split("\\|", -1);
                if (known.matches(cells[0].strip())
                        && List.of(cells[2].strip().split(" ")).contains(method)) {
                    listed.add(method + " " + known.endpoint.path);
                }
            }
        }
        assertEquals(own, listed);
    }

    @Test
    void the_other_port_is_bounded_too() throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_ADMIN_PORT", "0", "GATEWAY_HEADER_TIMEOUT", "100ms");
        try (TestGateway own = TestGateway.with(settings);
                RawClient silent = new RawClient(adminPort(own))) {
            assertEquals("", silent.rest());
        }
    }

    @Test
    void the_main_port_says_nothing_of_what_is_at_the_other() throws Exception {
        for (String operation :
                List.of("GET /metrics", "DELETE /services/none", "GET /requests/none", "GET /routes/default")) {
            var answer = ask(gateway.port(), operation, "");
            assertEquals(
                    "urn:api-gateway:problem:not-found",
                    TestGateway.json(answer).path("type").asText());
        }
        assertEquals(List.of("api", "docs", "gateways", "health", "services", "stats"), links(gateway.port()));
        assertEquals(
                List.of(
                        "config",
                        "dashboard",
                        "docs",
                        "events",
                        "gateways",
                        "health",
                        "metrics",
                        "routes",
                        "services",
                        "stats"),
                links(adminPort()));
    }

    private static List<String> links(int port) throws Exception {
        JsonNode links = TestGateway.json(ask(port, "GET /", "Accept: application/json\r\n"))
                .path("links");
        TreeSet<String> names = new TreeSet<>();
        links.fieldNames().forEachRemaining(names::add);
        return List.copyOf(names);
    }

    @Test
    void a_browser_is_led_to_the_page_only_where_it_is() throws Exception {
        assertEquals(200, ask(gateway.port(), "GET /", "Accept: text/html\r\n").status());
        assertEquals(303, ask(adminPort(), "GET /", "Accept: text/html\r\n").status());
    }

    @Test
    void what_comes_through_a_proxy_is_not_let_in_there_either() throws Exception {
        assertEquals(403, ask(adminPort(), "GET /metrics", "Via: 1.1 x\r\n").status());
    }

    @Test
    void with_a_token_it_is_wanted_there_too() throws Exception {
        String token = "of-this-test-alone";
        try (TestGateway own = TestGateway.with(Map.of("GATEWAY_ADMIN_PORT", "0", "GATEWAY_ADMIN_TOKEN", token))) {
            int port = ((ServerConnector) own.app.jettyServer().server().getConnectors()[1]).getLocalPort();
            String shown = "Authorization: Bearer " + token + "\r\n";
            assertEquals(401, ask(port, "GET /metrics", "").status());
            assertEquals(200, ask(port, "GET /metrics", shown).status());
            assertEquals(404, ask(own.port(), "GET /metrics", shown).status());
        }
    }

    @Test
    void behind_proxies_that_speak_of_clients_in_their_own_protocol_it_stays_open_for_this_machine() throws Exception {
        try (TestGateway own = TestGateway.with(Map.of(
                "GATEWAY_ADMIN_PORT", "0",
                "GATEWAY_PROXY_PROTOCOL", "true",
                "GATEWAY_TRUSTED_PROXIES", "192.0.2.1"))) {
            int port = ((ServerConnector) own.app.jettyServer().server().getConnectors()[1]).getLocalPort();
            assertEquals(200, ask(port, "GET /metrics", "").status());
        }
    }

    @Tag("process")
    @Test
    void the_gateway_says_where_it_is() throws Exception {
        int port = Ports.consecutive(2);
        Map<String, String> ports = Map.of("GATEWAY_PORT", "" + port, "GATEWAY_ADMIN_PORT", "" + (port + 1));
        try (Launched launched = Program.gateway(ports)) {
            String line = launched.line("is ready on port " + port);
            assertTrue(line.contains(", for operators on port " + (port + 1) + " of 127.0.0.1"), line);
            launched.terminate();
            assertEquals(0, launched.exitCode(), launched.output());
        }
    }
}
