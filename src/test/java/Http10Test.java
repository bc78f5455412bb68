import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients of HTTP/1.0, like ab and old proxies: their connections close unless they ask otherwise, they know neither
 * chunks nor interim answers, and a Transfer-Encoding of theirs was once believed, so that what followed the head
 * reached a service as a second request.
 */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class Http10Test {
    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(folder, Map.of(), TestBackend.doing(Http10Test::answer));
    }

    @AfterAll
    static void stop() throws IOException {
        gateways.close();
    }

    @BeforeEach
    void forgetWhatCame() throws InterruptedException {
        while (gateways.backend.waiting() > 0) {
            gateways.backend.next();
        }
    }

    private static void answer(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        switch (request.target()) {
            case "/chunked" ->
                wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + (request.method().equals("HEAD") ? "" : "5\r\nhello\r\n0\r\n\r\n"));
            case "/none" -> wire.send("HTTP/1.1 204 No Content\r\n\r\n");
            case "/unchanged" -> wire.send("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
            case "/empty" -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            default -> wire.ok("hello");
        }
    }

    static Stream<Arguments> kept() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"an answer with a length", "GET /api/x", 200},
                new Object[] {"an empty answer", "GET /api/empty", 200},
                new Object[] {"an answer without a body", "GET /api/none", 204},
                new Object[] {"an answer that nothing has changed", "GET /api/unchanged", 304},
                new Object[] {"an answer of the gateway's own", "GET /health", 200},
                new Object[] {"a refusal", "GET /nowhere", 404}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("kept")
    void a_connection_is_kept_when_its_client_asks_for_that(PlainAndTls.Way way, String what, String line, int status)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = client.send(line + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                        .answer();
                assertEquals(status, answer.status(), answer.head());
                assertEquals(List.of("keep-alive"), answer.header("Connection"));
            }
        }
    }

    static Stream<Arguments> ended() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"it doesn't ask", "/api/x", ""},
                new Object[] {"it asks for the end", "/api/x", "Connection: close\r\n"},
                new Object[] {"it asks for both", "/api/x", "Connection: keep-alive, close\r\n"},
                new Object[] {"the service's answer is chunked", "/api/chunked", "Connection: keep-alive\r\n"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("ended")
    void else_the_connection_ends_with_the_answer(PlainAndTls.Way way, String when, String path, String field)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            Answer head = client.send("GET " + path + " HTTP/1.0\r\n" + field + "\r\n")
                    .head();
            assertEquals(200, head.status());
            assertEquals(List.of(), head.header("Transfer-Encoding"));
            assertFalse(head.header("Connection").contains("keep-alive"), head.head());
            assertEquals("hello", client.rest()); // and the end
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_expectation_brings_no_interim_answer(PlainAndTls.Way way) throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
            Answer answer = client.answer();
            assertEquals(200, answer.status());
            assertEquals("hello", gateways.backend.next().text());
            assertEquals("", client.rest());
        }
    }

    static Stream<Arguments> codings() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"chunked", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"kept", "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"identity", "Transfer-Encoding: identity\r\n\r\n"},
                new Object[] {"unknown", "Transfer-Encoding: x\r\n\r\n"},
                new Object[] {"empty", "Transfer-Encoding:\r\n\r\n"},
                new Object[] {"after a length", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"before a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("codings")
    void a_transfer_coding_is_refused_with_the_connection(PlainAndTls.Way way, String what, String rest)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.0\r\n" + rest + "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
            Answer answer = client.answer();
            assertEquals(400, answer.status());
            assertTrue(answer.body().contains("Transfer-Encoding"), answer.body());
            assertEquals(1, answer.header("X-Request-ID").size());
            assertEquals("", client.rest());
        }
        assertEquals(0, gateways.backend.waiting());
    }
}
