import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets of what a backend answered. */
class ProxyAnswerTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    /** What came of it, the same on a new connection to the backend and on one that has served before. */
    private static Answer to(String request, String answer) throws Exception {
        Answer onNew;
        try {
            onNew = to(request, answer, false);
        } catch (IOException brokenOff) {
            assertThrows(IOException.class, () -> to(request, answer, true), "on a used connection");
            throw brokenOff;
        }
        Answer onUsed = to(request, answer, true);
        assertEquals(lasting(onNew.body()), lasting(onUsed.body()));
        assertEquals(lasting(onNew), lasting(onUsed));
        return onUsed;
    }

    /** A body without the backend's port and the request's ids. */
    private static String lasting(String body) {
        return body.replaceAll("-[0-9]+\\b", "").replaceAll("_id\":\"[0-9a-f]{32}", "_id\":\"");
    }

    private static Answer to(String request, String answer, boolean onUsedConnection) throws Exception {
        try (TestBackend backend = TestBackend.doing((received, wire) -> {
                    if (received.target().equals("/before")) {
                        wire.ok("before");
                    } else {
                        wire.send(answer).close();
                    }
                });
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            if (onUsedConnection) {
                assertEquals("before", gateway.get("/api/before").body());
            }
            return gateway.raw(request);
        }
    }

    /** The head without what differs from one answer or backend to the next. */
    private static List<String> lasting(Answer answer) {
        return answer.head()
                .lines()
                .filter(line -> !line.matches("(?i)(X-Request-ID|Date|X-Backend-Service|Content-Length):.*"))
                .map(ProxyAnswerTest::lasting)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            ints = {
                200, 201, 202, 203, 206, 207, 226, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 407, 408,
                409, 410, 418, 421, 422, 425, 429, 451, 499, 500, 501, 502, 503, 504, 507, 599
            })
    void any_status_passes_and_okhttp_acts_on_none(int status) throws Exception {
        Answer answer = to(
                GET,
                "HTTP/1.1 " + status + " Some Words\r\nLocation: /x\r\nRetry-After: 0\r\nWWW-Authenticate: Basic\r\n"
                        + "Proxy-Status: x\r\nContent-Length: 4\r\n\r\nbody");
        assertEquals(status, answer.status());
        assertEquals("body", answer.body());
        assertEquals(List.of("0"), answer.header("Retry-After"));
    }

    @Test
    void a_503_that_asks_to_come_back_at_once_is_not_repeated() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) ->
                        wire.send("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            assertEquals(503, gateway.raw(GET).status());
            backend.next();
            assertEquals(0, backend.waiting());
        }
    }

    @Test
    void a_retry_after_beyond_an_int_is_passed_on() throws Exception {
        // OkHttp parses it as an int and threw NumberFormatException.
        Answer answer = to(GET, "HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n");
        assertEquals(List.of("99999999999"), answer.header("Retry-After"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {204, 304})
    void statuses_without_a_body_have_none(int status) throws Exception {
        Answer answer = to(GET, "HTTP/1.1 " + status + " X\r\nETag: \"1\"\r\n\r\n");
        assertEquals(status, answer.status());
        assertEquals(List.of("\"1\""), answer.header("ETag"));
        assertEquals(List.of(), answer.header("Transfer-Encoding"));
    }

    @Test
    void headers_pass_once_each_and_several_cookies_stay_apart() throws Exception {
        String utf8 = new String("grün €".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        Answer answer = to(
                GET,
                "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: backend/1\r\n"
                        + "Content-Type: text/csv; charset=x\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2, c\r\n"
                        + "X-Empty:\r\nX-Utf8: " + utf8 + "\r\nConnection: X-Mine\r\nX-Mine: 1\r\nKeep-Alive: x\r\n"
                        + "X-Gateway: forged\r\nX-Backend-Service: forged\r\nContent-Length: 2\r\n\r\nok");
        assertEquals(List.of("Thu, 01 Jan 1970 00:00:00 GMT"), answer.header("Date"));
        assertEquals(List.of("backend/1"), answer.header("Server"));
        assertEquals(List.of("text/csv; charset=x"), answer.header("Content-Type"));
        assertEquals(List.of("a=1; Path=/api", "b=2, c"), answer.header("Set-Cookie"));
        assertEquals(List.of(""), answer.header("X-Empty"));
        assertEquals(List.of(utf8), answer.header("X-Utf8"));
        assertEquals(List.of(), answer.header("X-Mine"));
        assertEquals(List.of(), answer.header("Keep-Alive"));
        assertEquals(List.of("API Gateway"), answer.header("X-Gateway"));
        assertEquals(List.of("Round Robin"), answer.header("X-Load-Balancer"));
        assertTrue(answer.header("X-Backend-Service").get(0).startsWith("http://127.0.0.1:"));
        assertEquals(List.of("2"), answer.header("Content-Length"));
    }

    // A value is opaque (RFC 9110, 5.5): ISO 8859-1, a part of UTF-8, a stray byte.
    @Test
    void bytes_beyond_ascii_pass_though_they_are_no_utf8() throws Exception {
        String bytes = "a\u00e9\u00ff\u00c3(\u0080z";
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nX-Bytes: " + bytes + "\r\nContent-Length: 2\r\n\r\nok");
        assertEquals(List.of(bytes), answer.header("X-Bytes"));
    }

    // It is true of the connection to the service: a browser would look for the service's port at the gateway's host.
    @Test
    void another_way_to_the_service_is_not_offered_to_clients() throws Exception {
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nAlt-Svc: h3=\":9001\"; ma=3600\r\nContent-Length: 2\r\n\r\nok");
        assertEquals(List.of(), answer.header("Alt-Svc"));
    }

    // Node and php -S know no length of what they don't make.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing | HTTP/1.1 200 OK~Content-Type: text/plain~~ | ",
                "a coding | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ | ",
                "a length | HTTP/1.1 200 OK~Content-Length: 5~~ | 5",
                "a length of 0 | HTTP/1.1 200 OK~Content-Length: 0~~ | 0",
                "nothing, of a 404 | HTTP/1.1 404 Not Found~~ | ",
            })
    void an_answer_to_head_has_the_length_that_the_service_says_or_none(String says, String head, String length)
            throws Exception {
        try (TestBackend backend = TestBackend.raw(head.replace("~", "\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            for (int i = 0; i < 3; i++) { // on one connection: nothing of a body comes
                Answer answer =
                        client.send("HEAD /api/x HTTP/1.1\r\nHost: x\r\n\r\n").head();
                assertEquals(length == null ? List.of() : List.of(length), answer.header("Content-Length"));
                assertEquals(List.of(), answer.header("Transfer-Encoding"));
            }
        }
    }

    // A cache would take that for the length of what it has stored (RFC 9110, 15.4.5).
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {"nothing | ''", "a length | 5"})
    void not_modified_has_the_length_that_the_service_says_or_none(String says, String length) throws Exception {
        String line = length.isEmpty() ? "" : "Content-Length: " + length + "\r\n";
        try (TestBackend backend = TestBackend.doing(
                        (request, wire) -> wire.send("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n" + line + "\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            for (int i = 0; i < 3; i++) { // on one connection: nothing of a body comes
                Answer answer = client.send(GET).head();
                assertEquals(304, answer.status());
                assertEquals(length.isEmpty() ? List.of() : List.of(length), answer.header("Content-Length"));
                assertEquals(List.of(), answer.header("Transfer-Encoding"));
            }
        }
    }

    @Test
    void without_a_content_type_or_date_none_is_made_up_but_the_date() throws Exception {
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertEquals(List.of(), answer.header("Content-Type"));
        assertEquals(List.of(), answer.header("Server"));
        assertEquals(1, answer.header("Date").size());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"text/html;charset=UTF-8", "TEXT/HTML; Charset=utf-8", "application/json;charset=UTF-8", "x"})
    void a_content_type_passes_as_it_was_written(String type) throws Exception {
        // Jetty's servlet layer wrote the ones it knew in a form of its own.
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\nok");
        assertEquals(List.of(type), answer.header("Content-Type"));
    }

    @Test
    void compressed_answers_are_untouched() throws Exception {
        String notReallyGzip = "\u001f\u008b\u0008binary";
        Answer answer = to(
                "GET /api/x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + notReallyGzip);
        assertEquals(notReallyGzip, answer.body());
        assertEquals(List.of("gzip"), answer.header("Content-Encoding"));
        assertEquals(List.of("9"), answer.header("Content-Length"));
    }

    @Test
    void plain_answers_are_not_compressed() throws Exception {
        String body = "x".repeat(10_000);
        Answer answer = to(
                "GET /api/x HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10000\r\n\r\n" + body);
        assertEquals(body, answer.body());
        assertEquals(List.of(), answer.header("Content-Encoding"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "in chunks | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~7;x=y~, world~0~~",
                "in chunks and with a false length | HTTP/1.1 200 OK~Content-Length: 3~Transfer-Encoding: chunked~~c~hello, world~0~~",
                "in chunks with a trailer | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~c~hello, world~0~X-T: 1~~",
                "until the connection ends | HTTP/1.1 200 OK~~hello, world",
                "from a server of 1.0 | HTTP/1.0 200 OK~~hello, world",
                "with a length and a closed connection | HTTP/1.1 200 OK~Connection: close~Content-Length: 12~~hello, world",
                "after an interim answer | HTTP/1.1 103 Early Hints~Link: x~~HTTP/1.1 200 OK~Content-Length: 12~~hello, world",
                "after a 100 nobody asked for | HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~Content-Length: 12~~hello, world",
            })
    void bodies_pass(String how, String raw) throws Exception {
        String answer = raw.replace("~", "\r\n");
        assertEquals("hello, world", to(GET, answer).body());
        assertEquals("hello, world", to("GET /api/x HTTP/1.0\r\n\r\n", answer).body());
    }

    @Test
    void an_empty_body_is_empty() throws Exception {
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertEquals("", answer.body());
        assertEquals(List.of("0"), answer.header("Content-Length"));
    }

    @Test
    void a_header_block_of_64_KB_passes() throws Exception {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            headers.append("X-").append(i).append(": ").append("x".repeat(1000)).append("\r\n");
        }
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 2\r\n\r\nok");
        assertEquals(200, answer.status());
        assertEquals(List.of("x".repeat(1000)), answer.header("X-63"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no status line | garbage~~",
                "a status that is no number | HTTP/1.1 abc OK~~",
                "a switch of protocols nobody asked for | HTTP/1.1 101 Switching Protocols~Upgrade: x~Connection: Upgrade~~",
                "a status below zero | HTTP/1.1 -12 X~~",
                "a negative length | HTTP/1.1 200 OK~Content-Length: -5~~ok",
                "a length that is none | HTTP/1.1 200 OK~Content-Length: abc~~ok",
                "an empty length | HTTP/1.1 200 OK~Content-Length:~~ok",
                "a huge length | HTTP/1.1 200 OK~Content-Length: 99999999999999999999~~ok",
                "two lengths | HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 3~~ok",
                "another coding | HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~2~ok~0~~",
                "two codings | HTTP/1.1 200 OK~Transfer-Encoding: chunked~Transfer-Encoding: identity~~2~ok~0~~",
                "a 204 with a body | HTTP/1.1 204 X~Content-Length: 5~~hello",
                "a chunk that is none, at once | HTTP/1.1 200 OK~Content-Type: a/b~Content-Length: 5~~",
            })
    void what_is_no_answer_is_a_502(String what, String raw) throws Exception {
        Answer answer = to(GET, raw.replace("~", "\r\n"));
        assertEquals(502, answer.status(), answer.head());
        assertEquals(List.of("application/problem+json"), answer.header("Content-Type"));
        assertEquals(List.of(), answer.header("X-Backend-Service"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a body on HEAD | HEAD | HTTP/1.1 200 OK~Content-Length: 5~~hello",
                "more than its length | GET | HTTP/1.1 200 OK~Content-Length: 5~~helloHTTP/1.1 200 OK~Content-Length: 6~~poison",
                "more than its chunks | GET | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~0~~HTTP/1.1 200 OK~Content-Length: 6~~poison",
                "a body on 204 | GET | HTTP/1.1 204 OK~~HTTP/1.1 200 OK~Content-Length: 6~~poison",
                "a body on 304 | GET | HTTP/1.1 304 OK~~HTTP/1.1 200 OK~Content-Length: 6~~poison",
            })
    void what_a_backend_sends_too_much_reaches_no_other_client(String what, String method, String raw)
            throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    if (request.target().equals("/first")) {
                        wire.send(raw.replace("~", "\r\n"));
                    } else {
                        wire.ok("second");
                    }
                });
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send(method + " /api/first HTTP/1.1\r\nHost: x\r\n\r\n");
            if (method.equals("HEAD")) {
                client.head();
            } else {
                client.answer();
            }
            client.send("GET /api/second HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals("second", client.answer().body());
        }
    }

    @Test
    void what_a_backend_sends_late_reaches_no_other_client() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.ok("first");
                    if (request.target().equals("/first")) {
                        received.await();
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                        sent.countDown();
                    }
                });
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            assertEquals("first", gateway.get("/api/first").body());
            received.countDown();
            sent.await();
            for (int i = 0; i < 3; i++) {
                assertEquals("first", gateway.get("/api/next").body());
            }
        }
    }

    @Test
    void events_arrive_as_they_are_sent() throws Exception {
        SynchronousQueue<String> events = new SynchronousQueue<>();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (String event = events.take(); !event.isEmpty(); event = events.take()) {
                        wire.send(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
                    }
                    wire.send("0\r\n\r\n");
                });
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            assertEquals(200, client.send(GET).head().status(), "headers come before any event");
            for (int i = 0; i < 3; i++) {
                assertTrue(events.offer("data: " + i + "\n\n", 5, TimeUnit.SECONDS));
                assertEquals("data: " + i + "\n\n", client.chunk());
            }
            assertTrue(events.offer("", 5, TimeUnit.SECONDS));
            assertEquals("", client.chunk());
        }
    }

    /**
     * Jetty sends the line end behind a chunk's data only with the next chunk. Python's urllib3 waits for it before it
     * hands on the chunk: so each event of a stream came when the next was sent, and the last never.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an event,                                           20",
        "what just fits into a buffer of 4 KB with its size, 4089",
        "a byte more,                                        4090",
        "what just fits into a buffer of 8 KB with its size, 8184",
        "a byte more,                                        8185",
        "what comes in several parts,                        50000"
    })
    void a_chunk_is_whole_before_the_next_is_sent(String what, int length) throws Exception {
        String data = "x".repeat(length);
        SynchronousQueue<String> chunks = new SynchronousQueue<>();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (String chunk = chunks.take(); !chunk.isEmpty(); chunk = chunks.take()) {
                        wire.send(Integer.toHexString(length) + "\r\n" + chunk + "\r\n");
                    }
                    wire.send("0\r\n\r\n");
                });
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            for (String request : List.of(GET, GET.replace("Host", "TE: trailers\r\nHost"))) {
                assertEquals(200, client.send(request).head().status());
                for (int i = 0; i < 3; i++) {
                    assertTrue(chunks.offer(data, 5, TimeUnit.SECONDS));
                    StringBuilder came = new StringBuilder();
                    while (came.length() < length) {
                        came.append(client.chunk());
                    }
                    assertEquals(data, came.toString());
                }
                assertTrue(chunks.offer("", 5, TimeUnit.SECONDS));
                assertEquals("", client.chunk());
            }
        }
    }

    @Test
    void a_body_with_a_length_arrives_byte_by_byte_too() throws Exception {
        SynchronousQueue<String> bytes = new SynchronousQueue<>();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
                    for (int i = 0; i < 3; i++) {
                        wire.send(bytes.take());
                    }
                });
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw().send(GET)) {
            assertTrue(bytes.offer("a", 5, TimeUnit.SECONDS));
            assertEquals(200, client.head().status());
            assertEquals("a", client.bytes(1));
            assertTrue(bytes.offer("b", 5, TimeUnit.SECONDS));
            assertEquals("b", client.bytes(1));
            assertTrue(bytes.offer("c", 5, TimeUnit.SECONDS));
            assertEquals("c", client.bytes(1));
        }
    }

    @Test
    void an_upload_arrives_while_it_is_sent() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.ok(request.text()));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            Await.until("the backend's connection", () -> backend.connections() == 1);
            client.send("1\r\n!\r\n0\r\n\r\n");
            assertEquals("hello!", client.answer().body());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "with a length | HTTP/1.1 200 OK~Content-Length: 100~~part",
                "in a chunk | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~64~part",
                "between chunks | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~part~",
                "by a bad chunk | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~part~xyz~",
            })
    void a_part_cannot_be_taken_for_the_whole(String how, String raw) throws Exception {
        String answer = raw.replace("~", "\r\n");
        assertThrows(IOException.class, () -> to(GET, answer));
        assertThrows(IOException.class, () -> to("GET /api/x HTTP/1.0\r\n\r\n", answer), "a client of HTTP/1.0");
        // To a client that won't keep the connection, Jetty sends no chunks: only a reset tells it.
        String closing = "GET /api/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assertThrows(IOException.class, () -> to(closing, answer), "a client that asked to close");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a client that takes them | TE: trailers~ | X-T: 1~X-T: 2~",
                "a client that takes them and closes | TE: trailers~Connection: close~ | X-T: 1~X-T: 2~",
                "a client that says nothing of it | '' | ''",
            })
    void trailers_pass_to_a_client_that_takes_them(String who, String header, String expected) throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) ->
                        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                                + "5\r\nhello\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\nX-T: 2\r\n\r\n"));
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            for (String connection : List.of("new", "used")) {
                try (RawClient client = gateway.raw()) {
                    client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n" + header.replace("~", "\r\n") + "\r\n");
                    assertEquals(200, client.head().status());
                    String body = "5\r\nhello\r\n0\r\n" + expected.replace("~", "\r\n") + "\r\n";
                    assertEquals(body, client.bytes(body.length()), "on a connection that is " + connection);
                }
            }
        }
    }

    @Test
    void a_large_answer_passes_whole() throws Exception {
        String body = "0123456789abcdef".repeat(1024 * 1024 / 4);
        Answer answer = to(GET, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertTrue(body.equals(answer.body()));
        assertFalse(answer.header("X-Gateway").isEmpty());
    }
}
