import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend gets of what a client sent. */
class ProxyRequestTest {
    private static TestBackend backend;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        backend = TestBackend.named("a");
        gateway = TestGateway.inFrontOf(backend);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        backend.close();
    }

    private static Received sent(String request) throws Exception {
        try (RawClient client = gateway.raw()) {
            client.send(request);
            RawClient.Answer answer = request.startsWith("HEAD ") ? client.head() : client.answer();
            assertEquals(200, answer.status(), answer.head() + answer.body());
        }
        return backend.next();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "M-SEARCH", "fancy"})
    void any_method_passes(String method) throws Exception {
        assertEquals(
                method, sent(method + " /api/x HTTP/1.1\r\nHost: x\r\n\r\n").method());
    }

    /** Nobody needs more, and each method is remembered with its request. */
    @Test
    void a_method_has_at_most_64_characters() throws Exception {
        String longest = "M".repeat(64);
        assertEquals(
                longest, sent(longest + " /api/x HTTP/1.1\r\nHost: x\r\n\r\n").method());
        for (String tooLong : List.of(longest + "M", "M".repeat(24_000))) {
            RawClient.Answer answer =
                    gateway.raw(tooLong + " /api/x HTTP/1.1\r\nHost: x\r\nX-Request-ID: long\r\n\r\n");
            assertEquals(501, answer.status(), answer.body());
            assertEquals(
                    "urn:api-gateway:problem:not-implemented",
                    TestGateway.json(answer).path("type").asText());
            assertEquals(
                    longest + "\u2026",
                    gateway.json("/requests/long").path("method").asText());
        }
        assertEquals(0, backend.waiting());
    }

    @Test
    void head_passes_and_has_no_body() throws Exception {
        try (RawClient client = gateway.raw()) {
            RawClient.Answer head =
                    client.send("HEAD /api/x HTTP/1.1\r\nHost: x\r\n\r\n").head();
            assertEquals("HEAD", backend.next().method());
            assertEquals(List.of("15"), head.header("Content-Length"));
            // The next answer starts right behind: nothing of a body came.
            assertEquals(
                    200,
                    client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")
                            .answer()
                            .status());
            backend.next();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"TRACE", "CONNECT"})
    void trace_and_connect_do_not_pass(String method) throws Exception {
        RawClient.Answer answer = gateway.raw(method + " /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(answer.status() == 405 || method.equals("CONNECT") && answer.status() == 400, answer.head());
        assertEquals(0, backend.waiting());
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/data | /data",
                "/api/ | /",
                "/api | /",
                "/api?x=1 | /?x=1",
                "/api/a%2Fb/%20/%C3%A4 | /a%2Fb/%20/%C3%A4",
                "/api/x;v=1/y | /x;v=1/y",
                "/api//double//slash | //double//slash",
                "/api/plus+and~tilde!$&'()*, | /plus+and~tilde!$&'()*,",
                "/api/x?a=b&a=c&empty=&flag | /x?a=b&a=c&empty=&flag",
                "/api/x?q=%zz%2F+%20'\"<>^`{} | /x?q=%zz%2F+%20'\"<>^`{}",
                "/api/x?a/../b?c | /x?a/../b?c",
                "/api/api/x | /api/x",
                "http://other.example/api/absolute?x | /absolute?x",
            })
    void path_and_query_pass_byte_for_byte(String sent, String got) throws Exception {
        assertEquals(
                got,
                sent("GET " + sent + " HTTP/1.1\r\nHost: other.example\r\n\r\n").target());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"http", "https", "HTTPS", "wss"})
    void a_target_that_is_a_whole_url_claims_no_secure_connection(String scheme) throws Exception {
        Received got = sent("GET " + scheme + "://other.example/api/x HTTP/1.1\r\nHost: other.example\r\n\r\n");
        assertEquals(List.of("http"), got.header("X-Forwarded-Proto"));
    }

    @Test
    void a_query_of_almost_8_kb_passes() throws Exception {
        String query = "q=" + "x".repeat(8 * 1000);
        assertEquals(
                "/x?" + query,
                sent("GET /api/x?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n").target());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/api/../services",
                "/api/%2e%2e/services",
                "/api/x/%2E./services",
                "/api/..;/services",
                "/api/a\\..\\b",
                "/api/a%5cb",
                "/services/../api/x",
            })
    void paths_with_tricks_go_nowhere(String path) throws Exception {
        RawClient.Answer answer = gateway.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(400, answer.status());
        assertEquals(0, backend.waiting());
    }

    // Some clients send a field for each, and many services read the first only.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "one               | Cookie: a=1; b=2                        | a=1; b=2",
                "two               | Cookie: a=1#X-Y: z#cookie: b=2; c=3     | a=1; b=2; c=3",
                "one without value | Cookie: a=1#Cookie:#Cookie: b=2         | a=1; b=2",
                "none but empty    | Cookie:                                 | ''",
            })
    void cookies_go_on_in_one_header_however_many_they_come_in(String what, String fields, String cookies)
            throws Exception {
        Received got = sent("GET /api/x HTTP/1.1\r\nHost: shop.example\r\n" + fields.replace("#", "\r\n") + "\r\n\r\n");
        assertEquals(List.of(cookies), got.header("Cookie"));
    }

    @Test
    void headers_pass_but_those_of_the_connection_and_those_that_claim_an_origin() throws Exception {
        Received got = sent("GET /api/x HTTP/1.1\r\nHost: shop.example\r\n"
                + "Accept: text/html\r\nAccept: */*\r\nX-Empty:\r\nCookie: a=1\r\nUser-Agent: me\r\n"
                + "Connection: X-Mine, keep-alive, Upgrade\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: tls/1\r\n"
                + "Proxy-Authorization: secret\r\nProxy-Connection: x\r\nTrailer: y\r\n"
                + "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n"
                + "Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n");
        assertEquals(List.of("text/html", "*/*"), got.header("Accept"));
        assertEquals(List.of(""), got.header("X-Empty"));
        assertEquals(List.of("a=1"), got.header("Cookie"));
        assertEquals(List.of("me"), got.header("User-Agent"));
        for (String gone : List.of(
                "X-Mine",
                "TE",
                "Upgrade",
                "Proxy-Authorization",
                "Proxy-Connection",
                "Trailer",
                "Forwarded",
                "X-Real-IP",
                "X-Forwarded-Port")) {
            assertEquals(List.of(), got.header(gone), gone);
        }
        assertEquals(List.of("127.0.0.1"), got.header("X-Forwarded-For"));
        assertEquals(List.of("http"), got.header("X-Forwarded-Proto"));
        assertEquals(List.of("shop.example"), got.header("X-Forwarded-Host"));
        assertEquals(List.of("shop.example"), got.header("Host"));
        assertEquals(List.of("1.1 " + gateway.via()), got.header("Via"));
        assertEquals(32, got.header("X-Request-ID").get(0).length());
    }

    // Servers that follow CGI's names (WSGI, PHP, Rack) read both as HTTP_X_FORWARDED_FOR.
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "X_Forwarded_For",
                "x_forwarded-for",
                "X-Forwarded_Host",
                "X_Forwarded_Proto",
                "X_FORWARDED_PREFIX",
                "X_Real_IP",
                "X_Request_ID",
                "Content_Length",
                "Transfer_Encoding",
                "Proxy_Authorization",
            })
    void a_name_that_some_servers_take_for_one_that_the_gateway_vouches_for_does_not_pass(String name)
            throws Exception {
        Received got = sent("GET /api/x HTTP/1.1\r\nHost: x\r\nX_Own_Name: 1\r\n" + name + ": 6\r\n\r\n");
        assertEquals(List.of(), got.header(name));
        assertEquals(List.of("1"), got.header("X_Own_Name"));
    }

    // A value is opaque (RFC 9110, 5.5): ISO 8859-1, a part of UTF-8, a stray byte.
    @Test
    void bytes_beyond_ascii_pass_though_they_are_no_utf8() throws Exception {
        String bytes = "a\u00e9\u00ff\u00c3(\u0080z";
        Received got = sent("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Bytes: " + bytes + "\r\n\r\n");
        assertEquals(List.of(bytes), got.header("X-Bytes"));
    }

    @Test
    void nothing_is_invented_that_the_client_did_not_say() throws Exception {
        Received got = sent("GET /api/x HTTP/1.0\r\n\r\n");
        assertEquals(List.of(), got.header("User-Agent"));
        assertEquals(List.of(), got.header("Accept-Encoding"));
        assertEquals(List.of(), got.header("Connection"));
        assertEquals(List.of("1.0 " + gateway.via()), got.header("Via"));
        assertEquals(List.of("127.0.0.1"), got.header("X-Forwarded-For"));
    }

    @Test
    void an_accept_encoding_that_is_nominated_goes_and_nothing_takes_its_place() throws Exception {
        Received got =
                sent("GET /api/x HTTP/1.1\r\nHost: x\r\nConnection: Accept-Encoding\r\nAccept-Encoding: br\r\n\r\n");
        assertEquals(List.of(), got.header("Accept-Encoding"));
    }

    @Test
    void an_earlier_via_is_added_to() throws Exception {
        Received got = sent("GET /api/x HTTP/1.1\r\nHost: x\r\nVia: 1.1 first\r\n\r\n");
        assertEquals(List.of("1.1 first", "1.1 " + gateway.via()), got.header("Via"));
    }

    @Test
    void a_sane_request_id_is_passed_on_and_shown() throws Exception {
        RawClient.Answer answer = gateway.raw("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Request-ID: my-id\r\n\r\n");
        assertEquals(List.of("my-id"), backend.next().header("X-Request-ID"));
        assertEquals(List.of("my-id"), answer.header("X-Request-ID"));
    }

    @Test
    void many_and_large_headers_and_bytes_beyond_ascii_pass() throws Exception {
        StringBuilder many = new StringBuilder();
        IntStream.range(0, 90)
                .forEach(i -> many.append("X-").append(i).append(": ").append(i).append("\r\n"));
        String utf8 = new String("grün €".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String large = "x".repeat(8 * 1024);
        Received got = sent(
                "GET /api/x HTTP/1.1\r\nHost: x\r\n" + many + "X-Utf8: " + utf8 + "\r\nX-Large: " + large + "\r\n\r\n");
        IntStream.range(0, 90).forEach(i -> assertEquals(List.of("" + i), got.header("X-" + i)));
        assertEquals(List.of(utf8), got.header("X-Utf8"));
        assertEquals(List.of(large), got.header("X-Large"));
    }

    @ParameterizedTest(name = "{0} of {1} bytes")
    @CsvSource({"POST, 0", "POST, 10", "PUT, 100000", "PATCH, 1", "DELETE, 5", "OPTIONS, 7"})
    void bodies_with_a_length_pass(String method, int length) throws Exception {
        String body = "b".repeat(length);
        Received got = sent(method + " /api/x HTTP/1.1\r\nHost: x\r\nContent-Type: text/odd; a=b\r\nContent-Length: "
                + length + "\r\n\r\n" + body);
        assertEquals(body, got.text());
        assertEquals(List.of("" + length), got.header("Content-Length"));
        assertEquals(List.of("text/odd; a=b"), got.header("Content-Type"));
        assertEquals(List.of(), got.header("Transfer-Encoding"));
    }

    @Test
    void bodies_in_chunks_pass_in_chunks() throws Exception {
        Received got = sent("POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\n\r\n");
        assertEquals("hello, world", got.text());
        assertEquals(List.of("chunked"), got.header("Transfer-Encoding"));
        assertEquals(List.of(), got.header("Content-Length"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"gzip, chunked", "identity, chunked"})
    void bodies_in_a_coding_that_is_not_understood_are_refused(String coding) throws Exception {
        RawClient.Answer answer =
                gateway.raw("POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n");
        assertEquals(501, answer.status());
        assertEquals(0, backend.waiting());
    }

    @Test
    void a_post_without_a_body_says_so() throws Exception {
        Received got = sent("POST /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(List.of("0"), got.header("Content-Length"));
    }

    @Test
    void all_256_bytes_pass_in_a_body() throws Exception {
        byte[] bytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
        Received got = sent("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 256\r\n\r\n"
                + new String(bytes, StandardCharsets.ISO_8859_1));
        assertArrayEquals(bytes, got.body());
    }

    // Elasticsearch's clients search by GET with a body; a method that a server doesn't expect it on is its own
    // business.
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS"})
    void a_body_passes_with_any_method_on_new_and_kept_connections(String method) throws Exception {
        for (int i = 0; i < 3; i++) {
            Received sized = sent(method + " /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
            assertEquals(method, sized.method());
            assertEquals(List.of("2"), sized.header("Content-Length"));
            assertEquals("hi", new String(sized.body(), StandardCharsets.ISO_8859_1));
            Received chunked = sent(
                    method + " /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
            assertEquals(List.of("chunked"), chunked.header("Transfer-Encoding"));
            assertEquals("hi", new String(chunked.body(), StandardCharsets.ISO_8859_1));
        }
    }

    // Some clients send the framing of a body with each request.
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS"})
    void framing_without_content_is_no_body(String method) throws Exception {
        Received got = sent(method + " /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        assertEquals(List.of(), got.header("Transfer-Encoding"));
        assertEquals(List.of(), got.header("Content-Length"));
    }

    @Test
    void expect_is_answered_when_the_body_will_be_read_and_not_passed_on() throws Exception {
        try (RawClient client = gateway.raw()) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertEquals(100, client.head().status());
            assertEquals(200, client.send("hi").answer().status());
            Received got = backend.next();
            assertEquals("hi", got.text());
            assertEquals(List.of(), got.header("Expect"));
        }
    }

    /** curl sends a refused upload again: whole, if it hasn't begun to read it from its pipe, else without its content. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "there is no service, off, 503",
        "the client is over its limit, 1/1h, 429",
    })
    void expect_is_not_answered_when_nobody_will_read_the_body(String why, String limit, int status) throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_RATE_LIMIT", limit);
        TestBackend[] services = status == 503 ? new TestBackend[0] : new TestBackend[] {backend};
        try (TestGateway refusing = TestGateway.with(settings, services);
                RawClient client = refusing.raw()) {
            if (services.length > 0) {
                assertEquals(200, refusing.get("/api/x").statusCode());
                backend.next();
            }
            client.send("PUT /api/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertEquals(status, client.head().status());
        }
    }

    @Test
    void requests_sent_ahead_are_answered_in_order() throws Exception {
        try (RawClient client = gateway.raw()) {
            client.send("GET /api/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /api/3 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertTrue(client.answer().body().contains("\"service\":\"a\""));
            assertTrue(client.answer().body().contains("API Gateway"));
            assertTrue(client.answer().body().contains("\"service\":\"a\""));
            assertEquals("/1", backend.next().target());
            assertEquals("/3", backend.next().target());
        }
    }
}
