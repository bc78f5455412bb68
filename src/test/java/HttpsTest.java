import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests over TLS, by HTTP/1.1 and HTTP/2, from Java's client or to the byte. */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class HttpsTest {
    private static final int MEGABYTE = 1024 * 1024;
    private static final BlockingQueue<Held> HELD = new LinkedBlockingQueue<>();

    private static TestBackend backend;
    private static TestGateway gateway;
    private static SSLContext trusting;
    private static HttpClient http2;

    /** A request that the backend has and hasn't answered. */
    private record Held(String target, TestBackend.Wire wire, CountDownLatch release) {}

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("Test CA");
        backend = TestBackend.doing(HttpsTest::answer);
        gateway = TestGateway.with(ca.issue("localhost", "127.0.0.1").writeTo(folder), backend);
        trusting = ca.client();
        http2 = client(Version.HTTP_2);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        backend.close();
    }

    private static void answer(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        String target = request.target();
        if (target.startsWith("/held")) {
            Held held = new Held(target, wire, new CountDownLatch(1));
            HELD.add(held);
            held.release().await(20, TimeUnit.SECONDS);
            wire.ok("{\"held\":true}");
        } else if (target.equals("/large")) {
            wire.ok("x".repeat(MEGABYTE));
        } else if (target.equals("/hops")) {
            wire.send("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n"
                    + "Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nX-End: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\nX-Trailer: behind\r\n\r\n");
        } else if (target.equals("/nothing")) {
            wire.send("HTTP/1.1 204 No Content\r\nX-End: 1\r\n\r\n");
        } else if (target.equals("/breaks")) {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").close();
        } else {
            wire.ok("{\"body\":" + request.body().length + "}");
        }
    }

    private static HttpClient client(Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trusting).build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http2.send(request.build(), BodyHandlers.ofString());
    }

    private static RawClient raw() throws IOException {
        return new RawClient(
                trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), gateway.port()));
    }

    private static Held held() throws InterruptedException {
        Held held = HELD.poll(30, TimeUnit.SECONDS);
        if (held == null) {
            throw new AssertionError("no request came");
        }
        return held;
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void a_client_gets_the_protocol_that_it_asks_for(Version version) throws Exception {
        HttpResponse<String> answer = client(version).send(request("/api/x").build(), BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals(version, answer.version());
        TestBackend.Received seen = backend.next();
        assertEquals(List.of("https"), seen.header("X-Forwarded-Proto"));
        assertEquals(List.of("localhost:" + gateway.port()), seen.header("X-Forwarded-Host"));
        String via = seen.header("Via").get(0);
        assertTrue(via.startsWith((version == Version.HTTP_2 ? "2.0" : "1.1") + " api-gateway-"), via);
        assertEquals(List.of("localhost:" + gateway.port()), seen.header("Host"));
    }

    @Test
    void the_gateways_own_pages_and_problems_are_there_over_http2_too() throws Exception {
        assertEquals(200, send(request("/health")).statusCode());
        HttpResponse<String> missing = send(request("/nowhere"));
        assertEquals(404, missing.statusCode());
        assertTrue(TestGateway.json(missing).path("type").asText().endsWith(":not-found"), missing.body());
    }

    @Test
    void a_body_of_known_length_passes_over_http2() throws Exception {
        String body = "y".repeat(MEGABYTE);
        HttpResponse<String> answer = send(request("/api/x").POST(BodyPublishers.ofString(body)));
        assertEquals("{\"body\":" + MEGABYTE + "}", answer.body());
        assertEquals(List.of("" + MEGABYTE), backend.next().header("Content-Length"));
    }

    @Test
    void a_body_of_unknown_length_passes_over_http2_in_chunks() throws Exception {
        byte[] part = new byte[1000];
        HttpResponse<String> answer =
                send(request("/api/x").POST(BodyPublishers.ofByteArrays(Collections.nCopies(1000, part))));
        assertEquals("{\"body\":1000000}", answer.body());
        TestBackend.Received seen = backend.next();
        assertEquals(List.of("chunked"), seen.header("Transfer-Encoding"));
        assertEquals(List.of(), seen.header("Content-Length"));
    }

    @Test
    void an_empty_post_has_no_body_over_http2() throws Exception {
        assertEquals(
                "{\"body\":0}",
                send(request("/api/x").POST(BodyPublishers.noBody())).body());
        assertEquals(List.of("0"), backend.next().header("Content-Length"));
    }

    @Test
    void a_large_answer_passes_over_http2() throws Exception {
        assertEquals(MEGABYTE, send(request("/api/large")).body().length());
        backend.next();
    }

    @Test
    void a_head_has_the_headers_and_no_body() throws Exception {
        HttpResponse<String> answer = send(request("/api/x").method("HEAD", BodyPublishers.noBody()));
        assertEquals("10", answer.headers().firstValue("Content-Length").orElseThrow());
        assertEquals("", answer.body());
        backend.next();
    }

    @Test
    void an_answer_without_content_stays_one() throws Exception {
        HttpResponse<String> answer = send(request("/api/nothing"));
        assertEquals(204, answer.statusCode());
        assertEquals("1", answer.headers().firstValue("X-End").orElseThrow());
        backend.next();
    }

    @Test
    void what_belongs_to_one_connection_never_passes_into_http2() throws Exception {
        HttpResponse<String> answer = send(request("/api/hops"));
        assertEquals("hello", answer.body());
        for (String name :
                List.of("Connection", "Keep-Alive", "X-Hop", "Proxy-Connection", "Upgrade", "Transfer-Encoding")) {
            assertEquals(List.of(), answer.headers().allValues(name), name);
        }
        assertEquals("1", answer.headers().firstValue("X-End").orElseThrow());
        backend.next();
    }

    /** HTTP/2 lets a client send each cookie apart; HTTP/1.1 has one header for all of them. */
    @Test
    void cookies_that_come_apart_go_on_in_one_header() throws Exception {
        send(request("/api/x").header("Cookie", "a=1").header("Cookie", "b=2"));
        assertEquals(List.of("a=1; b=2"), backend.next().header("Cookie"));
    }

    @Test
    void a_hundred_requests_are_under_way_on_one_connection() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        send(request("/api/x")); // the connection is there, and what the server allows is known
        backend.next();
        for (int i = 0; i < 100; i++) {
            answers.add(http2.sendAsync(request("/api/held/" + i).build(), BodyHandlers.ofString()));
        }
        List<Held> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(held());
        }
        all.forEach(held -> held.release().countDown());
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertEquals(200, answer.get(10, TimeUnit.SECONDS).statusCode());
        }
        drain();
    }

    private static void drain() throws InterruptedException {
        while (backend.waiting() > 0) {
            backend.next();
        }
    }

    @Test
    void a_cancelled_stream_ends_its_call_to_the_backend_and_no_other() throws Exception {
        CompletableFuture<HttpResponse<String>> stays =
                http2.sendAsync(request("/api/held/stays").build(), BodyHandlers.ofString());
        Held first = held();
        CompletableFuture<HttpResponse<String>> leaves =
                http2.sendAsync(request("/api/held/leaves").build(), BodyHandlers.ofString());
        Held second = held();
        leaves.cancel(true);
        assertTrue(second.wire().seesEnd(), "the backend is told");
        first.release().countDown();
        assertEquals(200, stays.get(10, TimeUnit.SECONDS).statusCode());
        second.release().countDown();
        drain();
    }

    @Test
    void an_answer_that_breaks_off_breaks_its_stream_and_no_other() throws Exception {
        CompletableFuture<HttpResponse<String>> stays =
                http2.sendAsync(request("/api/held/stays").build(), BodyHandlers.ofString());
        Held held = held();
        assertThrows(IOException.class, () -> send(request("/api/breaks")));
        held.release().countDown();
        assertEquals(200, stays.get(10, TimeUnit.SECONDS).statusCode());
        drain();
    }

    @Test
    void a_client_of_http1_that_leaves_ends_its_call_to_the_backend() throws Exception {
        Held held;
        try (RawClient client = raw()) {
            client.send("GET /api/held/leaves HTTP/1.1\r\nHost: x\r\n\r\n");
            held = held();
        }
        assertTrue(held.wire().seesEnd(), "the backend is told");
        held.release().countDown();
        drain();
    }

    @Test
    void an_answer_that_breaks_off_ends_the_connection_of_http1() throws Exception {
        try (RawClient client = raw()) {
            client.send("GET /api/breaks HTTP/1.1\r\nHost: x\r\n\r\n").head();
            assertThrows(IOException.class, () -> client.bytes(10));
        }
        drain();
    }

    @Test
    void requests_of_http1_follow_each_other_on_one_connection() throws Exception {
        try (RawClient client = raw()) {
            for (int i = 0; i < 3; i++) {
                RawClient.Answer answer = client.send(
                                "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
                        .answer();
                assertEquals("{\"body\":5}", answer.body());
            }
            // at once: what comes early waits
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3));
            for (int i = 0; i < 3; i++) {
                assertEquals(200, client.answer().status());
            }
        }
        drain();
    }

    @Test
    void a_client_waits_for_100_before_its_body() throws Exception {
        try (RawClient client = raw()) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertEquals(100, client.head().status());
            assertEquals("{\"body\":5}", client.send("hello").answer().body());
        }
        drain();
    }

    /** The bound is told when an HTTP/2 connection begins; who passes it loses the connection, not the gateway. */
    @Test
    void too_large_a_header_ends_its_connection_of_http2() throws Exception {
        HttpClient own = client(Version.HTTP_2);
        HttpRequest large =
                request("/api/x").header("X-Large", "x".repeat(40_000)).build();
        assertThrows(IOException.class, () -> own.send(large, BodyHandlers.ofString()));
        assertEquals(
                200,
                own.send(request("/health").build(), BodyHandlers.ofString()).statusCode());
    }

    @Test
    void too_large_a_header_is_refused_over_http1() throws Exception {
        try (RawClient client = raw()) {
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(40_000) + "\r\n\r\n");
            assertEquals(431, client.head().status());
        }
    }

    @Test
    void a_handshake_that_never_ends_is_ended(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("Another CA");
        Map<String, String> settings = new HashMap<>(ca.issue("localhost").writeTo(folder));
        settings.put("GATEWAY_HEADER_TIMEOUT", "100ms");
        try (TestGateway own = TestGateway.with(settings);
                RawClient slow = own.raw()) {
            assertEquals("", slow.send("\u0016\u0003\u0001").rest(), "closed without an answer");
        }
    }

    @Test
    void plain_http_is_not_spoken_on_the_port_of_https() throws Exception {
        try (RawClient client = new RawClient(new Socket(InetAddress.getLoopbackAddress(), gateway.port()))) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            assertFalse(client.rest().contains("200 OK"));
        }
    }

    @Test
    void http2_is_not_spoken_without_tls() throws Exception {
        try (TestGateway plain = TestGateway.inFrontOf(backend);
                RawClient client = plain.raw()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertTrue(client.rest().startsWith("HTTP/1.1 "), "refused, in HTTP/1.1");
        }
    }

    @Test
    void a_websocket_passes_over_tls(@TempDir Path folder) throws Exception {
        CompletableFuture<String> echoed = new CompletableFuture<>();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        TestCa ca = new TestCa("Another CA");
        try (TestBackend sockets = TestBackend.doing(HttpsTest::echo);
                TestGateway own = TestGateway.with(ca.issue("localhost").writeTo(folder), sockets)) {
            WebSocket socket = HttpClient.newBuilder()
                    .sslContext(ca.client())
                    .build()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("wss://localhost:" + own.port() + "/api/chat"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                            echoed.complete(text.toString());
                            return null;
                        }

                        @Override
                        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                            closed.complete(code);
                            return null;
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
            socket.request(2);
            socket.sendText("hello", true).get(10, TimeUnit.SECONDS);
            assertEquals("hello", echoed.get(10, TimeUnit.SECONDS));
            assertEquals(1000, closed.get(10, TimeUnit.SECONDS));
        }
    }

    /** A WebSocket's server, to the byte: sends one short text back, unmasked, then a close with 1000, and ends. */
    private static void echo(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-1")
                .digest((request.header("Sec-WebSocket-Key").get(0) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                        .getBytes());
        wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n");
        String frame = wire.bytes(2 + 4 + 5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            text.append((char) (frame.charAt(6 + i) ^ frame.charAt(2 + i % 4)));
        }
        wire.send("\u0081\u0005" + text);
        wire.send("\u0088\u0002\u0003\u00e8");
        wire.bytes(2 + 4 + 2);
        wire.close();
    }
}
