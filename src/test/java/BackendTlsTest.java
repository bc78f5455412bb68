import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.tls.Trust;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services behind TLS: which are believed, and that requests, checks and WebSockets pass. */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class BackendTlsTest {
    private static TestCa ca;

    @TempDir
    Path folder;

    @BeforeAll
    static void authority() throws Exception {
        ca = new TestCa("Private CA");
    }

    private TestGateway trusting(TestBackend backend) throws Exception {
        return TestGateway.with(
                Map.of(
                        "GATEWAY_BACKEND_CA",
                        ca.writeTo(folder.resolve("ca.pem")).toString()),
                backend);
    }

    private static TestBackend named(String host) throws Exception {
        return TestBackend.overTls(ca.issue(host).server(), (request, wire) -> wire.ok("{\"service\":\"tls\"}"));
    }

    @Test
    void a_service_with_a_certificate_of_the_given_ca_is_healthy_and_serves() throws Exception {
        try (TestBackend backend = named("localhost");
                TestGateway gateway = trusting(backend)) {
            assertEquals("healthy", gateway.status(0));
            assertEquals("tls", gateway.who());
        }
    }

    @Test
    void a_connection_to_it_serves_many_requests() throws Exception {
        try (TestBackend backend = named("localhost");
                TestGateway gateway = trusting(backend);
                RawClient client = gateway.raw()) {
            for (int i = 0; i < 5; i++) {
                client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Request-ID: tls-" + i
                        + "\r\n\r\nhello");
                assertEquals(200, client.answer().status());
            }
            assertTrue(
                    gateway.json("/requests/tls-4")
                            .path("attempts")
                            .path(0)
                            .path("reused_connection")
                            .asBoolean(),
                    "the fifth went on a connection of before");
        }
    }

    @Test
    void large_bodies_pass_both_ways() throws Exception {
        String large = "x".repeat(1_000_000);
        try (TestBackend backend = TestBackend.overTls(
                        ca.issue("localhost").server(), (request, wire) -> wire.ok(request.text()));
                TestGateway gateway = trusting(backend)) {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = gateway.post("/api/x", large);
                assertEquals(large, answer.body());
            }
        }
    }

    /** Unasked-for bytes on an idle connection: the next request must not take them for its answer. */
    @Test
    void what_nobody_asked_for_is_never_an_answer() throws Exception {
        try (TestBackend backend = TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> {
                    wire.ok("{\"service\":\"" + request.target() + "\"}");
                    if (request.target().equals("/first")) {
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL");
                    }
                });
                TestGateway gateway = trusting(backend)) {
            assertEquals("{\"service\":\"/first\"}", gateway.get("/api/first").body());
            assertEquals("{\"service\":\"/second\"}", gateway.get("/api/second").body());
            assertEquals("{\"service\":\"/third\"}", gateway.get("/api/third").body());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"by TLS's close_notify, true", "by TCP alone, false"})
    void an_answer_without_length_or_chunks_is_whole_only_if_tls_says_that_it_ends(String end, boolean isWhole)
            throws Exception {
        try (TestBackend backend = TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\n\r\nfirst half");
                    if (isWhole) {
                        wire.close();
                    } else {
                        wire.cut(); // as anybody on the way can
                    }
                });
                TestGateway gateway = trusting(backend);
                RawClient client = gateway.raw()) {
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(200, client.head().status());
            assertEquals("first half", client.chunk());
            if (isWhole) {
                assertEquals("0\r\n\r\n", client.bytes(5));
            } else {
                assertThrows(IOException.class, () -> client.bytes(1), "it ends within the answer");
            }
        }
    }

    @Test
    void a_certificate_of_an_unknown_ca_is_refused_in_words() throws Exception {
        try (TestBackend backend = named("localhost");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            var service = gateway.json("/services").path("services").path(0);
            assertEquals("checking", service.path("status").asText(), "gets no requests");
            String error = service.path("last_check").path("error").asText();
            assertTrue(error.contains("its certificate isn't trusted"), error);
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused_in_words() throws Exception {
        try (TestBackend backend = named("elsewhere.test");
                TestGateway gateway = trusting(backend)) {
            var service = gateway.json("/services").path("services").path(0);
            assertEquals("checking", service.path("status").asText(), "gets no requests");
            String error = service.path("last_check").path("error").asText();
            assertTrue(error.contains("its certificate is for another host"), error);
        }
    }

    @Test
    void a_file_that_holds_no_ca_is_named_at_the_start() throws Exception {
        Path file = Files.writeString(folder.resolve("ca.pem"), "hello");
        Settings settings = Settings.from(Map.of("GATEWAY_BACKEND_CA", file.toString()));
        assertEquals(
                "GATEWAY_BACKEND_CA=" + file + ": has no certificate: no line -----BEGIN CERTIFICATE-----",
                assertThrows(InvalidSettings.class, () -> Trust.inServices(settings))
                        .getMessage());
    }

    @Test
    void a_websocket_passes_to_a_service_behind_tls() throws Exception {
        String key = "dGhlIHNhbXBsZSBub25jZQ==";
        String accept = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes()));
        try (TestBackend backend = TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> {
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept + "\r\n\r\nearly");
                    wire.send(wire.bytes(5).toUpperCase());
                    wire.close();
                });
                TestGateway gateway = trusting(backend);
                RawClient client = gateway.raw()) {
            client.send("GET /api/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n");
            assertEquals(101, client.head().status());
            assertEquals("early", client.bytes(5));
            assertEquals("HELLO", client.send("hello").bytes(5));
            assertEquals("", client.rest(), "the service's end is passed on");
        }
    }
}
