import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Offers to switch to another protocol: unless it is WebSocket, the request passes without them (RFC 9110, 7.8). */
class UpgradeOffersTest {
    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(folder, Map.of(), TestBackend.named("a"));
    }

    @AfterAll
    static void stop() throws IOException {
        gateways.close();
    }

    static Stream<Arguments> offers() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"an unknown protocol", "Connection: Upgrade\r\nUpgrade: foo/2\r\n"},
                new Object[] {"without Connection", "Upgrade: foo/2\r\n"},
                new Object[] {"Connection without it", "Connection: keep-alive\r\nUpgrade: foo/2\r\n"},
                new Object[] {"Connection after it", "Upgrade: foo/2\r\nConnection: Upgrade\r\n"},
                new Object[] {"two protocols", "Connection: keep-alive, Upgrade\r\nUpgrade: foo/2, bar\r\n"},
                new Object[] {"two fields", "Connection: Upgrade\r\nUpgrade: foo/2\r\nUpgrade: bar\r\n"},
                new Object[] {
                    "HTTP/2 in plain",
                    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
                },
                new Object[] {"a WebSocket without its key", "Connection: Upgrade\r\nUpgrade: websocket\r\n"},
                new Object[] {
                    "older fields",
                    "Connection: Upgrade\r\nUpgrade: foo\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"
                },
                new Object[] {"older fields alone", "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("offers")
    void the_request_passes_without_the_offer(PlainAndTls.Way way, String what, String fields) throws Exception {
        try (RawClient client = gateways.client(way)) {
            for (String version : List.of("1.1", "1.0")) {
                client.send("POST /api/x HTTP/" + version + "\r\nHost: x\r\n" + fields + "Content-Length: 2\r\n\r\nhi");
                assertEquals(200, client.answer().status());
                TestBackend.Received got = gateways.backend.next();
                assertEquals("hi", got.text());
                for (String name : List.of("Upgrade", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection")) {
                    assertEquals(List.of(), got.header(name), name);
                }
                assertEquals(
                        List.of(),
                        got.header("Connection").stream()
                                .filter(value -> !value.equalsIgnoreCase("keep-alive"))
                                .toList());
            }
        }
    }

    /** In plain it offers HTTP/2 with its first request. */
    @Test
    void java_s_own_client_is_served() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateways.port(PlainAndTls.Way.PLAIN) + "/api/x"))
                .POST(BodyPublishers.ofString("hi"))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
        assertEquals("hi", gateways.backend.next().text());
    }
}
