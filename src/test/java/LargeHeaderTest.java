import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers with a large header. By HTTP/2, one of more than 64 KB once ended the connection with all its streams, while
 * by HTTP/1.1 it passed.
 */
class LargeHeaderTest {
    private static final int KB = 1024;

    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(
                folder, Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), TestBackend.doing(LargeHeaderTest::answer));
    }

    @AfterAll
    static void stop() throws IOException {
        gateways.close();
    }

    /** /fields/length: so many fields with values of this length; /trailer/length: a trailer with such a value. */
    private static void answer(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        String[] asked = request.target().split("/");
        if (asked[1].equals("trailer")) {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\nX-End: "
                    + "v".repeat(Integer.parseInt(asked[2])) + "\r\n\r\n");
            return;
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n");
        for (int i = 0; i < Integer.parseInt(asked[1]); i++) {
            head.append("X-")
                    .append(i)
                    .append(": ")
                    .append("v".repeat(Integer.parseInt(asked[2])))
                    .append("\r\n");
        }
        wire.send(head + "\r\nfine");
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of("a field of 1 KB", 1, KB, 200),
                Arguments.of("a field of 55 KB", 1, 55 * KB, 200),
                Arguments.of("a field of 63 KB", 1, 63 * KB, 200),
                Arguments.of("a field of 65 KB", 1, 65 * KB, 200),
                Arguments.of("a field of 200 KB", 1, 200 * KB, 200),
                Arguments.of("a field of 255 KB", 1, 255 * KB, 200),
                Arguments.of("a field of 257 KB", 1, 257 * KB, 502),
                Arguments.of("1,000 small fields", 1_000, 20, 200),
                Arguments.of("6,000 small fields", 6_000, 3, 200),
                Arguments.of("7,000 small fields", 7_000, 3, 502),
                Arguments.of("100 fields of 2.5 KB", 100, 5 * KB / 2, 200));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("sizes")
    void by_http1_it_passes_up_to_256_kb(String what, int fields, int length, int status) throws Exception {
        for (PlainAndTls.Way way : PlainAndTls.Way.values()) {
            try (RawClient client = gateways.client(way)) {
                Answer answer = client.send("GET /api/" + fields + "/" + length + " HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answer();
                assertEquals(status, answer.status());
                if (status == 200) {
                    assertEquals(
                            length, answer.header("X-" + (fields - 1)).get(0).length());
                } else {
                    assertTrue(answer.body().contains("its head is longer than 256 KB"), answer.body());
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("sizes")
    void by_http2_likewise_and_the_connection_goes_on(String what, int fields, int length, int status)
            throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.get(1, "/api/" + fields + "/" + length);
            String body = client.body(1);
            if (status == 200) {
                assertEquals("fine", body);
            } else {
                assertTrue(body.contains("its head is longer than 256 KB"), body);
            }
            client.get(3, "/api/1/1");
            assertEquals("fine", client.body(3));
        }
    }

    /** Jetty has 8 KB for trailers by HTTP/1.1: more of them ended the connection before the answer's last chunk. */
    @ParameterizedTest
    @CsvSource({"5000, true", "8200, false", "70000, false"})
    void trailers_that_are_too_large_are_left_out(int length, boolean passes) throws Exception {
        for (PlainAndTls.Way way : PlainAndTls.Way.values()) {
            try (RawClient client = gateways.client(way)) {
                client.send("GET /api/trailer/" + length + " HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n");
                assertEquals(
                        "chunked", client.head().header("Transfer-Encoding").get(0));
                client.send("GET /api/1/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                String rest = client.rest();
                assertTrue(rest.startsWith("4\r\nfine\r\n0\r\n"), rest);
                assertEquals(passes, rest.contains("X-End: vvv"));
                assertTrue(rest.endsWith("\r\n\r\nfine"), rest);
            }
        }
        try (RawHttp2 client = gateways.http2()) {
            String head = RawHttp2.header("GET", "/api/trailer/" + length) + RawHttp2.field("te", "trailers");
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, head);
            RawHttp2.Frame frame = client.next(RawHttp2.DATA);
            assertEquals("fine", frame.payload());
            while ((frame.flags() & RawHttp2.END_STREAM) == 0) {
                frame = client.next();
            }
            assertEquals(passes, frame.type() == RawHttp2.HEADERS);
            client.get(3, "/api/1/1");
            assertEquals("fine", client.body(3));
        }
    }

    /** Its own bound is advice (RFC 9113, 10.5.1): Jetty would end the connection, which is worse than an answer. */
    @Test
    void a_client_that_wants_less_is_served_all_the_same() throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.send(RawHttp2.SETTINGS, 0, 0, "\0\6\0\0\0\u0064"); // SETTINGS_MAX_HEADER_LIST_SIZE: 100
            for (int stream = 1; stream < 7; stream += 2) {
                client.get(stream, "/api/1/" + stream * 30 * KB);
                assertEquals("fine", client.body(stream));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void java_s_client_reads_it(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(gateways.trusting)
                .build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + gateways.port(PlainAndTls.Way.TLS) + "/api/4/50000"))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertEquals(version, answer.version());
        assertEquals(200, answer.statusCode());
        assertEquals(
                List.of(50_000),
                answer.headers().allValues("X-3").stream().map(String::length).toList());
    }
}
