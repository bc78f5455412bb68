import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where a message ends. What two readers could end at different places is refused with the connection; what ends too
 * early never reaches a service as a whole request; and what has one reading only passes, in a form that is plain.
 */
class FramingTest {
    /** Sent behind a message: a service that gets it was deceived about where the message ends. */
    private static final String SMUGGLED = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(folder, Map.of(), TestBackend.doing((request, wire) -> wire.ok("fine")));
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

    static Stream<Arguments> ambiguous() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"a length and chunks", "Content-Length: 6\r\n" + CHUNKED + "0\r\n\r\n"},
                new Object[] {"chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n"
                },
                new Object[] {"chunks twice", "Transfer-Encoding: chunked\r\n" + CHUNKED + "0\r\n\r\n"},
                new Object[] {"chunks and identity", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
                new Object[] {"identity and chunks", "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"identity and a length", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"},
                new Object[] {"gzip and chunks", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"an empty element before chunked", "Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"a coding in quotes", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
                new Object[] {"a coding with a parameter", "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
                new Object[] {"a coding with a vertical tab", "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"a coding with a non-breaking space", "Transfer-Encoding: \u00a0chunked\r\n\r\n0\r\n\r\n"
                },
                new Object[] {"a coding on the next line", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
                new Object[] {"a tab before the colon", "Content-Length\t: 5\r\n\r\nhello"},
                new Object[] {"two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
                new Object[] {"the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
                new Object[] {"two lengths in a list", "Content-Length: 5, 5\r\n\r\nhello"},
                new Object[] {"a length with a plus", "Content-Length: +5\r\n\r\nhello"},
                new Object[] {"a length with a minus", "Content-Length: -5\r\n\r\nhello"},
                new Object[] {"a length in hex", "Content-Length: 0x5\r\n\r\nhello"},
                new Object[] {"a length with a space inside", "Content-Length: 1 0\r\n\r\nhello"},
                new Object[] {"a length with an underscore", "Content-Length: 1_0\r\n\r\nhello"},
                new Object[] {"a length in other digits", "Content-Length: \u00b2\r\n\r\nhello"},
                new Object[] {"a length beyond a long", "Content-Length: 9223372036854775808\r\n\r\nhello"},
                new Object[] {"an empty length", "Content-Length:\r\n\r\nhello"},
                new Object[] {
                    "a folded field before the length", "X: a\r\n\tContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello"
                },
                new Object[] {"a field that ends with LF alone", "X: a\nContent-Length: 5\r\n\r\nhello"},
                new Object[] {"a head that ends with LF alone", "Content-Length: 5\r\n\nhello"},
                new Object[] {"a field that ends with CR alone", "X: a\rContent-Length: 5\r\n\r\nhello"},
                new Object[] {"a field with NUL", "X: a\0Content-Length: 5\r\n\r\nhello"},
                new Object[] {"a line without a colon", "Content-Length 5\r\n\r\n"},
                new Object[] {"a chunk size with a space before it", CHUNKED + " 5\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size with a space behind it", CHUNKED + "5 \r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size with a plus", CHUNKED + "+5\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size with a minus", CHUNKED + "-5\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size in 0x", CHUNKED + "0x5\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size with an underscore", CHUNKED + "0_5\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size beyond a long", CHUNKED + "10000000000000005\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"an empty chunk size", CHUNKED + "\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk that is longer than its size", CHUNKED + "5\r\nhello!\r\n0\r\n\r\n"},
                new Object[] {"a chunk that is shorter than its size", CHUNKED + "6\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk size that ends with LF alone", CHUNKED + "5\nhello\r\n0\r\n\r\n"},
                new Object[] {"a chunk that ends with LF alone", CHUNKED + "5\r\nhello\n0\r\n\r\n"},
                new Object[] {"an extension with LF", CHUNKED + "5;a\nhello\r\n0\r\n\r\n"},
                new Object[] {"an extension with CR", CHUNKED + "5;a\rb\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"an extension with NUL", CHUNKED + "5;a\0\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"an extension with a line end in quotes", CHUNKED + "5;a=\"\r\nhello\r\n0\r\n\r\n"},
                new Object[] {"a last line that is LF alone", CHUNKED + "5\r\nhello\r\n0\r\n\n"},
                new Object[] {"a trailer that is folded", CHUNKED + "0\r\nX: a\r\n b\r\n\r\n"},
                new Object[] {"a trailer without a colon", CHUNKED + "0\r\nX\r\n\r\n"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("ambiguous")
    void what_could_end_at_two_places_is_refused_with_the_connection(PlainAndTls.Way way, String what, String rest)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\n" + rest + SMUGGLED);
            Answer answer = client.answer();
            assertTrue(answer.status() == 400 || answer.status() == 501, answer.head());
            assertEquals("", client.rest(), "closed without another answer");
        }
        assertEquals(0, gateways.backend.waiting());
    }

    static Stream<Arguments> plain() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"a length", "Content-Length: 5\r\n\r\nhello", "hello"},
                new Object[] {"a length with zeros", "Content-Length: 005\r\n\r\nhello", "hello"},
                new Object[] {"a length with spaces around", "Content-Length:  5\t\r\n\r\nhello", "hello"},
                new Object[] {"a length in other letters", "CONTENT-length: 5\r\n\r\nhello", "hello"},
                new Object[] {"chunks", CHUNKED + "5\r\nhello\r\n0\r\n\r\n", "hello"},
                new Object[] {
                    "chunks in other letters", "transfer-ENCODING: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"
                },
                new Object[] {"a chunk size with zeros", CHUNKED + "0005\r\nhello\r\n000\r\n\r\n", "hello"},
                new Object[] {"a chunk size in capitals", CHUNKED + "A\r\nhellohello\r\n0\r\n\r\n", "hellohello"},
                new Object[] {"an extension", CHUNKED + "5;a=\"b;\\\"c\"\r\nhello\r\n0;d\r\n\r\n", "hello"},
                new Object[] {"a trailer", CHUNKED + "5\r\nhello\r\n0\r\nX: a\r\n\r\n", "hello"},
                new Object[] {
                    "a trailer that would frame", CHUNKED + "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n", "hello"
                },
                new Object[] {"a body that looks like chunks", "Content-Length: 7\r\n\r\n0\r\n\r\n\r\n", "0\r\n\r\n\r\n"
                }));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("plain")
    void what_ends_at_one_place_passes_and_the_next_request_follows(
            PlainAndTls.Way way, String what, String rest, String body) throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\n" + rest + "GET /api/next HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(200, client.answer().status());
            assertEquals(200, client.answer().status());
        }
        TestBackend.Received got = gateways.backend.next();
        assertEquals("/x", got.target());
        assertEquals(body, got.text());
        assertFalse(got.head().contains("X: a"), got.head());
        assertEquals("/next", gateways.backend.next().target());
    }

    static Stream<Arguments> cutShort() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"in a length", "Content-Length: 10\r\n\r\nhello"},
                new Object[] {"before a body", "Content-Length: 10\r\n\r\n"},
                new Object[] {"before the first chunk", CHUNKED},
                new Object[] {"in a chunk size", CHUNKED + "1"},
                new Object[] {"after a chunk size", CHUNKED + "5\r\n"},
                new Object[] {"in a chunk", CHUNKED + "5\r\nhel"},
                new Object[] {"after a chunk's bytes", CHUNKED + "5\r\nhello"},
                new Object[] {"between a chunk's CR and LF", CHUNKED + "5\r\nhello\r"},
                new Object[] {"before the last chunk", CHUNKED + "5\r\nhello\r\n"},
                new Object[] {"in the last chunk's size", CHUNKED + "5\r\nhello\r\n0"},
                new Object[] {"between the last chunk's CR and LF", CHUNKED + "5\r\nhello\r\n0\r"},
                new Object[] {"before the final empty line", CHUNKED + "5\r\nhello\r\n0\r\n"},
                new Object[] {"between the final CR and LF", CHUNKED + "5\r\nhello\r\n0\r\n\r"},
                new Object[] {"with nothing but the last chunk", CHUNKED + "0\r\n"},
                new Object[] {"in a trailer's name", CHUNKED + "5\r\nhello\r\n0\r\nX"},
                new Object[] {"in a trailer", CHUNKED + "5\r\nhello\r\n0\r\nX: a"},
                new Object[] {"after a trailer", CHUNKED + "5\r\nhello\r\n0\r\nX: a\r\n"},
                new Object[] {"after a trailer's CR", CHUNKED + "5\r\nhello\r\n0\r\nX: a\r\n\r"}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("cutShort")
    void what_ends_too_early_reaches_no_service_as_a_whole(PlainAndTls.Way way, String where, String rest)
            throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\n" + rest);
            client.endOutput();
            assertEquals(400, client.answer().status());
            assertEquals("", client.rest());
        }
        nothingReachesTheService();
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("cutShort")
    void nor_does_what_ends_with_a_reset(PlainAndTls.Way way, String where, String rest) throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\n" + rest);
            client.reset();
        }
        nothingReachesTheService();
    }

    /** By HTTP/2 a stream is whole only if it says so (RFC 9113, 8.1), and if its length is the announced one (8.1.1). */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "reset before its body, '', false, reset",
        "reset in its body, '', true, reset",
        "reset in a body of a length, 10, true, reset",
        "left with the connection, '', true, close",
        "ended before the announced length, 10, true, end",
        "ended without a body though one is announced, 10, false, end",
        "ended after the announced length, 3, true, end",
    })
    void nor_does_a_stream_that_is(String what, String length, boolean data, String then) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            String head = RawHttp2.header("POST", "/api/x")
                    + (length.isEmpty() ? "" : RawHttp2.field("content-length", length));
            boolean endsHere = then.equals("end") && !data;
            int flags = RawHttp2.END_HEADERS | (endsHere ? RawHttp2.END_STREAM : 0);
            client.send(RawHttp2.HEADERS, flags, 1, head);
            if (data) {
                client.send(RawHttp2.DATA, then.equals("end") ? RawHttp2.END_STREAM : 0, 1, "hello");
            }
            if (then.equals("reset")) {
                client.send(RawHttp2.RST_STREAM, 0, 1, "\0\0\0\b");
            }
            if (!then.equals("close")) {
                client.get(3, "/health"); // it is the stream that fails, and not the connection
                assertTrue(client.body(3).contains("healthy"));
            }
        }
        nothingReachesTheService();
    }

    /** Fields that frame a message of HTTP/1.1 have no place in HTTP/2 (RFC 9113, 8.2.2). */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "transfer-encoding, chunked",
        "connection, close",
        "keep-alive, timeout=5",
        "proxy-connection, keep-alive",
        "upgrade, foo",
        "te, gzip",
        "content-length, +5",
        "content-length, '5, 5'",
        "content-length, 0x5",
    })
    void nor_does_a_stream_with_a_field_of_http1(String name, String value) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.send(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS,
                    1,
                    RawHttp2.header("POST", "/api/x") + RawHttp2.field(name, value));
            client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, "hello");
            RawHttp2.Frame frame = client.next();
            while (frame != null && frame.stream() != 1 && frame.type() != RawHttp2.GOAWAY) {
                frame = client.next();
            }
            assertNotNull(frame, "refused, or the stream is reset");
        }
        nothingReachesTheService();
    }

    private static void nothingReachesTheService() throws Exception {
        Await.until(
                "nothing in flight",
                () -> gateways.plain()
                                .json("/services")
                                .at("/services/0/in_flight")
                                .asInt()
                        == 0);
        assertEquals(0, gateways.backend.waiting());
    }
}
