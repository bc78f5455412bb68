import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.settings.InvalidSettings;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where services may be. */
class AddressPolicyApiTest {
    private static String form(String url) {
        return "{\"name\":\"d\",\"url\":\"" + url + "\"}";
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "cloud metadata      | http://169.254.169.254/latest    | leads to 169.254.169.254, a link-local address, which is not allowed for a service",
                "the same, mapped    | http://[::ffff:a9fe:a9fe]        | leads to 169.254.169.254, a link-local address, which is not allowed for a service",
                "the same, a number  | http://2852039166                | leads to 169.254.169.254, a link-local address, which is not allowed for a service",
                "link-local IPv6     | http://[fe80::1]:80              | leads to fe80::1, a link-local address, which is not allowed for a service",
                "unspecified         | http://0.0.0.0:1                 | leads to 0.0.0.0, an unspecified address, which is not allowed for a service",
                "broadcast           | https://255.255.255.255          | leads to 255.255.255.255, an address of no single host, which is not allowed for a service",
                "another machine     | http://192.0.2.7                 | leads to 192.0.2.7, which is outside the networks in GATEWAY_SERVICE_NETWORKS",
            })
    void what_no_service_may_be_at_is_said_of_the_url(String what, String url, String words) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICE_NETWORKS", "127.0.0.0/8, ::1"))) {
            HttpResponse<String> answer = gateway.post("/services", form(url));
            assertEquals(400, answer.statusCode());
            JsonNode problem = TestGateway.json(answer);
            assertEquals(
                    "urn:api-gateway:problem:invalid-registration",
                    problem.path("type").asText());
            assertEquals("url", problem.at("/errors/0/field").asText());
            assertEquals(words, problem.at("/errors/0/problem").asText());
            assertEquals(0, gateway.json("/services").path("total_services").asInt());
        }
    }

    @Test
    void where_services_may_be_they_register() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICE_NETWORKS", "127.0.0.0/8"))) {
            assertEquals(201, gateway.post("/services", form(a.url())).statusCode());
            assertEquals("a", gateway.who());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "http://169.254.169.254:80 | leads to 169.254.169.254, a link-local address, which is not allowed for a service",
                "http://192.0.2.7:8001  | leads to 192.0.2.7, which is outside the networks in GATEWAY_SERVICE_NETWORKS",
            })
    void a_setting_that_names_such_a_place_is_bad(String url, String words) {
        Exception bad = assertThrows(
                InvalidSettings.class,
                () -> TestGateway.with(Map.of("GATEWAY_SERVICES", url, "GATEWAY_SERVICE_NETWORKS", "10.0.0.0/8")));
        assertEquals("GATEWAY_SERVICES=" + url + ": " + words, bad.getMessage());
    }

    @Test
    void a_health_check_follows_no_redirect() throws Exception {
        try (TestBackend inner = TestBackend.named("inner");
                TestBackend a = TestBackend.named("a")
                        .withHealth((request, wire) -> wire.send("HTTP/1.1 302 Found\r\nLocation: " + inner.url()
                                + "/secret\r\nContent-Length: 0\r\n\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            assertEquals(
                    "its /health answered 302",
                    gateway.json("/services").at("/services/0/last_check/error").asText());
            assertEquals(0, inner.waiting());
        }
    }

    /** A name that stands for this machine when its service registers, and for another place later. */
    @Tag("process")
    @Test
    void a_name_is_looked_at_again_whenever_a_connection_is_made(@TempDir Path folder) throws Exception {
        Path hosts = folder.resolve("hosts");
        lead("127.0.0.1", hosts);
        Map<String, String> environment = Map.of(
                "GATEWAY_PORT", "0",
                "GATEWAY_RATE_LIMIT", "off",
                "GATEWAY_HEALTH_INTERVAL", "50ms",
                "GATEWAY_HEALTH_TIMEOUT", "10s");
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = Program.start(
                        environment, "-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=0", "GatewayApp")) {
            int port = gateway.port();
            String url = "http://moving.test:" + a.port();
            assertEquals(
                    "healthy",
                    send(port, "POST /services", form(url)).path("status").asText());
            assertEquals("a", send(port, "GET /api/who", "").path("service").asText());

            lead("169.254.169.254", hosts);
            gateway.line("d (" + url + ") is unhealthy: 3 bad checks in a row: leads to 169.254.169.254, a link-local");
            assertEquals(
                    400, send(port, "POST /services", form(url)).path("status").asInt());

            lead("127.0.0.1", hosts);
            gateway.line("d (" + url + ") is healthy: 2 good checks in a row");
        }
    }

    /** Has the name lead to an address from now on. At once: a file that is empty for a moment has no such name. */
    private static void lead(String address, Path hosts) throws IOException {
        Path next = Files.writeString(hosts.resolveSibling("next"), address + " moving.test\n");
        Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE);
    }

    private static JsonNode send(int port, String line, String body) throws Exception {
        try (RawClient client = new RawClient(port)) {
            String request = line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body;
            return new ObjectMapper().readTree(client.send(request).answer().body());
        }
    }
}
