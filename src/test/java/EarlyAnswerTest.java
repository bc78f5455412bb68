import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that begin before the request has ended, and answers whose head comes long before their body. Each step waits
 * for the one before it, so what is late makes a test hang.
 */
class EarlyAnswerTest {
    private static final String CHUNKED = "POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static TestCa ca;
    private static Map<String, String> pair;
    private static Path caFile;

    @BeforeAll
    static void issue(@TempDir Path folder) throws Exception {
        ca = new TestCa("Test CA");
        caFile = ca.writeTo(folder.resolve("ca.pem"));
        pair = ca.issue("localhost").writeTo(folder);
    }

    /** A gateway and a client of it, by TLS or without. */
    private static TestGateway gateway(boolean tls, TestBackend backend) {
        Map<String, String> settings = new HashMap<>(tls ? pair : Map.of());
        settings.put("GATEWAY_BACKEND_CA", caFile.toString());
        return TestGateway.with(settings, backend);
    }

    private static RawClient client(boolean tls, TestGateway gateway) throws Exception {
        return tls
                ? new RawClient(ca.client().getSocketFactory().createSocket("localhost", gateway.port()))
                : gateway.raw();
    }

    @ParameterizedTest(name = "{0}, TLS {1}")
    @CsvSource({
        "Content-Length: 4, false",
        "Content-Length: 4, true",
        "Transfer-Encoding: chunked, false",
        "X-Until: the end, false"
    })
    void a_head_reaches_the_client_though_the_body_begins_much_later(String framing, boolean tls) throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        boolean chunked = framing.startsWith("Transfer");
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    headSeen.await();
                    wire.send(chunked ? "4\r\nbody\r\n0\r\n\r\n" : "body").close();
                });
                TestGateway gateway = gateway(tls, backend);
                RawClient client = client(tls, gateway)) {
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n");
            Answer head = client.head();
            assertEquals(200, head.status());
            headSeen.countDown();
            assertEquals(
                    "body", chunked || !head.header("Transfer-Encoding").isEmpty() ? client.chunk() : client.bytes(4));
        }
    }

    // A login that has run out, or a file that is too large: the service says so at once and keeps the connection.
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Content-Length: 100000000", "Transfer-Encoding: chunked"})
    void a_refusal_reaches_a_client_that_is_still_sending(String framing) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
                    wire.rest();
                    ended.countDown();
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "1GB"), backend);
                RawClient client = gateway.raw()) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n");
            client.send(framing.startsWith("C") ? "part" : "4\r\npart\r\n");
            Answer answer = client.answer();
            assertEquals(413, answer.status());
            assertEquals("large", answer.body());
            assertEquals(List.of("close"), answer.header("Connection"));
            ended.await();
            assertEquals("", client.rest());
            assertEquals(1, gateway.json("/services").at("/services/0/requests").asInt());
        }
    }

    // The service reads nothing: the request's thread must not be stuck in writing to it.
    @Test
    void a_refusal_passes_though_the_service_reads_nothing_of_a_large_upload() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
                    ended.await();
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "1GB"), backend);
                RawClient client = gateway.raw()) {
            client.send("PUT /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.send(new byte[1_000_000]);
                    }
                } catch (IOException e) {
                    // the gateway has closed the connection, as it should
                }
            });
            sender.start();
            assertEquals(401, client.answer().status());
            sender.join();
            ended.countDown();
        }
    }

    @ParameterizedTest(name = "client by TLS {0}, service by TLS {1}")
    @CsvSource({"false, false", "true, false", "false, true"})
    void both_directions_stream_at_once(boolean clientTls, boolean serviceTls) throws Exception {
        Set<Thread> connections = ConcurrentHashMap.newKeySet(); // the backend has a thread for each
        TestBackend.Script echo = (request, wire) -> {
            connections.add(Thread.currentThread());
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String chunk = wire.chunk(); !chunk.isEmpty(); chunk = wire.chunk()) {
                wire.send(Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
            }
            wire.send("0\r\n\r\n");
        };
        try (TestBackend backend = serviceTls
                        ? TestBackend.atHeadOverTls(ca.issue("localhost").server(), echo)
                        : TestBackend.atHead(echo);
                TestGateway gateway = gateway(clientTls, backend);
                RawClient client = client(clientTls, gateway)) {
            for (int round = 0; round < 3; round++) {
                client.send(CHUNKED);
                assertEquals(200, client.head().status());
                for (int i = 0; i < 20; i++) {
                    String said = "word" + i;
                    client.send(Integer.toHexString(said.length()) + "\r\n" + said + "\r\n");
                    assertEquals(said, client.chunk());
                }
                client.send("0\r\n\r\n");
                assertEquals("", client.chunk());
            }
            assertEquals(1, connections.size(), "all rounds on one connection");
        }
    }

    private static RawHttp2 http2(TestGateway gateway) throws Exception {
        return new RawHttp2(ca.client(), gateway.port());
    }

    /** Else the client sends its next request into a connection that is being closed (RFC 9112, 9.6). */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a redirect to the mount, 307, GET /shop, 'Accept: text/html'",
        "a preflight, 204, OPTIONS /shop/x, 'Origin: https://a.example\r\nAccess-Control-Request-Method: PUT'"
    })
    void an_answer_without_a_service_says_that_the_rest_of_the_body_is_not_read(
            String what, int status, String line, String fields) throws Exception {
        String yaml = """
                routes:
                  shop:
                    match: {path: /shop}
                    cors: {origins: ["https://a.example"]}
                    services: []
                """;
        try (TestGateway gateway = TestGateway.withRoutes(yaml);
                RawClient client = gateway.raw()) {
            Answer answer = client.send(line + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\nContent-Length: 3\r\n\r\na")
                    .answer();
            assertEquals(status, answer.status());
            assertEquals(List.of("close"), answer.header("Connection"));
        }
    }

    @Test
    void by_http2_a_head_comes_before_its_body_too() throws Exception {
        CountDownLatch headSeen = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
                    headSeen.await();
                    wire.send("body");
                });
                TestGateway gateway = gateway(true, backend);
                RawHttp2 client = http2(gateway)) {
            assertEquals(1, client.get(1, "/api/x").next(RawHttp2.HEADERS).stream());
            headSeen.countDown();
            assertEquals("body", client.body(1));
        }
    }

    @Test
    void by_http2_a_refusal_ends_its_own_upload_only() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
                    if (request.method().equals("POST")) {
                        wire.rest();
                        ended.countDown();
                    }
                });
                TestGateway gateway = gateway(true, backend);
                RawHttp2 client = http2(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.header("POST", "/api/x"));
            client.send(RawHttp2.DATA, 0, 1, "part");
            assertEquals("large", client.body(1));
            RawHttp2.Frame reset = client.next(RawHttp2.RST_STREAM);
            assertEquals(1, reset.stream());
            assertEquals("\0\0\0\0", reset.payload(), "NO_ERROR: the answer is whole (RFC 9113, 8.1)");
            ended.await();
            assertEquals("large", client.get(3, "/api/x").body(3));
        }
    }

    // The gateway's own refusals, which come before anything of the body was read or in the middle of it.
    @ParameterizedTest(name = "{0}")
    @CsvSource({"/api/x, 503", "/nowhere, 404", "/services, 415"})
    void by_http2_a_refusal_of_the_gateways_own_is_as_valid(String path, int status) throws Exception {
        try (TestGateway gateway = TestGateway.with(pair);
                RawHttp2 client = http2(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.header("POST", path));
            client.send(RawHttp2.DATA, 0, 1, "part");
            assertTrue(client.body(1).contains("\"status\":" + status));
            assertEquals("\0\0\0\0", client.next(RawHttp2.RST_STREAM).payload());
        }
    }

    @Test
    void by_http2_both_directions_stream_at_once() throws Exception {
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (String chunk = wire.chunk(); !chunk.isEmpty(); chunk = wire.chunk()) {
                        wire.send(Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
                    }
                    wire.send("0\r\n\r\n");
                });
                TestGateway gateway = gateway(true, backend);
                RawHttp2 client = http2(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.header("POST", "/api/x"));
            for (int i = 0; i < 20; i++) {
                String said = "word" + i;
                client.send(RawHttp2.DATA, 0, 1, said);
                assertEquals(said, client.next(RawHttp2.DATA).payload());
            }
            client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, "");
            assertEquals("", client.body(1));
        }
    }

    @Test
    void by_http2_an_answer_to_head_has_no_length_that_the_service_did_not_say() throws Exception {
        try (TestBackend backend = TestBackend.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
                TestGateway gateway = gateway(true, backend)) {
            HttpResponse<Void> answer = HttpClient.newBuilder()
                    .sslContext(ca.client())
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/api/x"))
                                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals(List.of(), answer.headers().allValues("Content-Length"));
        }
    }

    @Test
    void a_whole_answer_ends_an_upload_that_would_go_on() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                    wire.rest();
                    ended.countDown();
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "1GB"), backend);
                RawClient client = gateway.raw()) {
            client.send(CHUNKED).send("4\r\npart\r\n");
            assertEquals("ok", client.answer().body());
            ended.await();
            assertEquals("", client.rest());
        }
    }

    @Test
    void memory_stays_bounded_when_neither_side_reads() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    try {
                        while (over.getCount() > 0) {
                            wire.send(new byte[100_000]);
                            sent.addAndGet(100_000);
                        }
                    } finally {
                        over.await();
                    }
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_BODY", "1GB"), backend);
                RawClient client = gateway.raw()) {
            client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
            AtomicLong uploaded = new AtomicLong();
            Thread sender = new Thread(() -> {
                try {
                    while (true) {
                        client.send(new byte[100_000]);
                        uploaded.addAndGet(100_000);
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            sender.start();
            Await.until("nothing moves any more", new Stillness(sent, uploaded));
            // The kernel's buffers take some MB; the gateway's own are 8 KB to 32 KB each way.
            assertTrue(sent.get() < 50_000_000, () -> "from the service: " + sent);
            assertTrue(uploaded.get() < 50_000_000, () -> "from the client: " + uploaded);
            client.reset();
            over.countDown();
            sender.join();
        }
    }

    /** Holds when two counts have begun and haven't moved for a hundred looks. */
    private static final class Stillness implements Await.Condition<RuntimeException> {
        private static final int LOOKS = 100;

        private final AtomicLong one;
        private final AtomicLong other;
        private long before;
        private int still;

        Stillness(AtomicLong one, AtomicLong other) {
            this.one = one;
            this.other = other;
        }

        @Override
        public boolean holds() {
            long now = one.get() + other.get();
            still = now == before && one.get() > 0 && other.get() > 0 ? still + 1 : 0;
            before = now;
            return still >= LOOKS;
        }
    }
}
