import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Characters that a path should not have (RFC 3986, 3.3), and that browsers and other clients send all the same. */
class PathCharactersTest {
    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(folder, Map.of(), TestBackend.named("a"));
    }

    @AfterAll
    static void stop() throws IOException {
        gateways.close();
    }

    static Stream<Arguments> harmless() {
        return PlainAndTls.times(Stream.of("|", "[", "]", "{", "}", "^", "`", "\"", "<", ">", "[0]|{x}")
                .map(text -> new Object[] {text}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("harmless")
    void what_has_no_second_meaning_passes_byte_for_byte(PlainAndTls.Way way, String text) throws Exception {
        String target = "/a" + text + "b?c" + text + "d";
        try (RawClient client = gateways.client(way)) {
            Answer answer = client.send("GET /api" + target + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .answer();
            assertEquals(200, answer.status(), answer.body());
        }
        assertEquals(target, gateways.backend.next().target());
    }

    @ParameterizedTest
    @ValueSource(strings = {"|", "[", "]", "{", "}", "^", "`", "\"", "<", ">"})
    void by_http2_too(String text) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.get(1, "/api/a" + text + "b");
            assertEquals("{\"service\":\"a\"}", client.body(1));
        }
        assertEquals("/a" + text + "b", gateways.backend.next().target());
    }

    static Stream<Arguments> ways() {
        return PlainAndTls.times(Stream.of(new Object[][] {{"/x?q=\u00c3\u00a9"}}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("ways")
    void a_query_in_utf_8_passes_byte_for_byte(PlainAndTls.Way way, String target) throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("GET /api" + target + " HTTP/1.1\r\nHost: x\r\n\r\n").answer();
        }
        assertEquals(target, gateways.backend.next().target());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00c3\u00a9", "\u00e9"})
    void by_http2_a_query_passes_byte_for_byte_whatever_it_encodes(String bytes) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.get(1, "/api/x?q=" + bytes);
            client.body(1);
        }
        assertEquals("/x?q=" + bytes, gateways.backend.next().target());
    }

    static Stream<Arguments> refused() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"a control character", "/api/a\u0001b", "0x1"},
                new Object[] {"a tab", "/api/a\tb", "0x9"},
                new Object[] {"DEL", "/api/a\u007fb", "0x7f"},
                new Object[] {"NUL", "/api/a\0b", "0x0"},
                new Object[] {"a letter in UTF-8", "/api/a\u00c3\u00a9b", "U+00E9"},
                new Object[] {"bytes that aren't UTF-8", "/api/a\u00e9b", "UTF-8"},
                new Object[] {"bytes in the query that aren't UTF-8", "/api/a?b\u00e9c", "UTF-8"},
                new Object[] {"a backslash", "/api/a\\b", "backslash"},
                new Object[] {"a fragment", "/api/a#b", "#"},
                new Object[] {"a fragment after the query", "/api/a?b#c", "#"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("refused")
    void what_could_be_read_otherwise_is_refused_by_name(PlainAndTls.Way way, String what, String target, String named)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            Answer answer = client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .answer();
            assertEquals(400, answer.status());
            JsonNode problem = TestGateway.json(answer);
            assertTrue(problem.path("detail").asText().contains(named), answer.body());
            assertEquals(
                    answer.header("X-Request-ID"),
                    List.of(problem.path("request_id").asText()));
        }
        assertEquals(0, gateways.backend.waiting());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a space, /api/a b, a space",
        "a control character, /api/a\u0001b, U+0001",
        "a line end, '/api/a\r\nb', U+000D",
        "DEL, /api/a\u007fb, U+007F",
        "a fragment, /api/a#b, #"
    })
    void so_is_what_only_http2_can_carry(String what, String target, String named) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.get(1, target);
            RawHttp2.Frame frame = client.next();
            while (frame.type() != RawHttp2.DATA && frame.type() != RawHttp2.RST_STREAM) {
                frame = client.next();
            }
            if (frame.type() == RawHttp2.DATA) { // else Jetty has refused the stream as malformed (RFC 9113, 8.1.1)
                assertTrue(frame.payload().contains(named), frame.payload());
            }
        }
        assertEquals(0, gateways.backend.waiting());
    }

    /** What Jetty itself refuses has an id and a trace, too, if its request line could be read. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a folded field, 'GET /api/x HTTP/1.1\r\nX: a\r\n b'",
        "a coding in HTTP/1.0, 'POST /api/x HTTP/1.0\r\nTransfer-Encoding: chunked'",
        "two hosts, 'GET /api/x HTTP/1.1\r\nHost: y'",
    })
    void a_refusal_can_be_looked_up(String what, String head) throws Exception {
        String id;
        try (RawClient client = gateways.client(PlainAndTls.Way.PLAIN)) {
            Answer answer = client.send(head + "\r\nHost: x\r\n\r\n").answer();
            assertEquals(400, answer.status());
            id = answer.header("X-Request-ID").get(0);
            assertEquals(1, answer.header("Proxy-Status").size());
        }
        JsonNode trace = gateways.plain().json("/requests/" + id);
        assertEquals("rejected", trace.path("outcome").asText(), trace.toString());
        assertEquals(400, trace.path("status").asInt());
    }
}
