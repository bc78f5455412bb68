import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import gateway.testing.TestCa;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 frame by frame: what no well-behaved client would send, and what the gateway says to those that do behave. */
@Execution(ExecutionMode.CONCURRENT)
class Http2FramesTest {
    /** More a second, and Jetty takes them for a flood. */
    private static final long BETWEEN_PINGS = 20_000_000;

    private static final int ANY_STREAM = Integer.MAX_VALUE;

    private static TestCa ca;
    private static Map<String, String> pair;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeAll
    static void issue(@TempDir Path folder) throws Exception {
        ca = new TestCa("Test CA");
        pair = ca.issue("localhost").writeTo(folder);
    }

    @AfterAll
    static void forget() {
        ca = null;
    }

    private static TestGateway gateway(Map<String, String> settings, TestBackend... backends) {
        Map<String, String> all = new HashMap<>(pair);
        all.putAll(settings);
        return TestGateway.with(all, backends);
    }

    private static RawHttp2 client(TestGateway gateway) throws Exception {
        return new RawHttp2(ca.client(), gateway.port());
    }

    /** Answers when it is released. */
    private TestBackend held() throws IOException {
        return TestBackend.doing((request, wire) -> {
            arrived.countDown();
            release.await(30, TimeUnit.SECONDS);
            wire.ok("held");
        });
    }

    /**
     * The end of an answer is sent when its exchange is over. When that began, such a request was taken for a served one.
     */
    @Test
    void a_client_that_resets_its_stream_instead_of_taking_a_small_answer_has_abandoned_it() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = gateway(Map.of(), backend);
                RawHttp2 client = client(gateway)) {
            String windowOf0 = "\0\4\0\0\0\0";
            String asked = RawHttp2.header("GET", "/api/x") + RawHttp2.field("x-request-id", "untaken");
            client.send(RawHttp2.SETTINGS, 0, 0, windowOf0)
                    .send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, asked);
            assertNotNull(client.next(RawHttp2.HEADERS));
            client.send(RawHttp2.RST_STREAM, 0, 1, "\0\0\0\10");
            Await.until("a trace that says so", () -> {
                try (RawHttp2 looking = client(gateway)) {
                    return looking.get(1, "/requests/untaken").body(1).contains("\"outcome\":\"abandoned\"");
                }
            });
        }
    }

    /**
     * What such a client hasn't taken is kept for it. While it didn't count, each stream of each connection could have some
     * kept, without a bound.
     */
    @Test
    void an_answer_counts_as_under_way_until_the_client_has_taken_it() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = gateway(Map.of("GATEWAY_MAX_IN_FLIGHT", "2"), backend);
                RawHttp2 slow = client(gateway);
                RawHttp2 other = client(gateway)) {
            String windowOf0 = "\0\4\0\0\0\0";
            slow.send(RawHttp2.SETTINGS, 0, 0, windowOf0);
            for (int stream = 1; stream <= 3; stream += 2) {
                slow.send(
                        RawHttp2.HEADERS,
                        RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                        stream,
                        RawHttp2.header("GET", "/api/x"));
                assertNotNull(slow.next(RawHttp2.HEADERS), "the head needs no window");
            }
            assertTrue(other.get(1, "/api/x").body(1).contains("overloaded"));
            slow.send(RawHttp2.WINDOW_UPDATE, 0, 1, "\0\0\4\0");
            assertNotNull(slow.next(RawHttp2.DATA));
            Await.until("room for another", () -> {
                try (RawHttp2 next = client(gateway)) {
                    return next.get(1, "/api/x").body(1).contains("\"a\"");
                }
            });
        }
    }

    /** The fields of a request for /x that names its host as HTTP/1.1 does (RFC 9113, 8.3.1). */
    private static String byHost(String... hosts) {
        StringBuilder fields = new StringBuilder(RawHttp2.field(":method", "GET")
                + RawHttp2.field(":scheme", "https")
                + RawHttp2.field(":path", "/x/q"));
        for (String host : hosts) {
            fields.append(RawHttp2.field("host", host));
        }
        return fields.toString();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"shop.example, named", "SHOP.example:8443, named", "shop.example., named", "other.example, any"})
    void without_an_authority_the_host_chooses_the_route(String host, String route, @TempDir Path folder)
            throws Exception {
        try (TestBackend named = TestBackend.named("named");
                TestBackend any = TestBackend.named("any");
                TestGateway gateway = gateway(Map.of("GATEWAY_ROUTES", routes(folder, named, any)));
                RawHttp2 client = client(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, byHost(host));
            Received got = (route.equals("named") ? named : any).next();
            assertEquals(List.of(host), got.header("Host"));
        }
    }

    @ParameterizedTest
    @CsvSource({"shop.example, shop.example", "u@shop.example, ''", "shop.example:x, ''"})
    void without_an_authority_a_host_that_is_none_reaches_no_service(String host, String second, @TempDir Path folder)
            throws Exception {
        try (TestBackend named = TestBackend.named("named");
                TestBackend any = TestBackend.named("any");
                TestGateway gateway = gateway(Map.of("GATEWAY_ROUTES", routes(folder, named, any)));
                RawHttp2 client = client(gateway)) {
            String fields = second.isEmpty() ? byHost(host) : byHost(host, second);
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, fields);
            assertTrue(client.body(1).contains("\"status\":400"));
            assertEquals(0, named.waiting() + any.waiting());
        }
    }

    private static String routes(Path folder, TestBackend named, TestBackend any) throws IOException {
        String form = "  %s: {match: {path: /x%s}, services: [\"%s\"], health: off}\n";
        return Files.writeString(
                        folder.resolve("routes.yaml"),
                        "routes:\n"
                                + form.formatted("named", ", host: shop.example", named.url())
                                + form.formatted("any", "", any.url()))
                .toString();
    }

    /** HTTP/2 has no request line whose form could be wrong; the one to the service has. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no method, '', /api/x",
        "a line of its own, GET /%2e%2e/private HTTP/1.1, /api/x",
        "a space in the query, GET, /api/x?a HTTP/1.1",
    })
    void what_no_request_line_can_say_reaches_no_backend(String name, String method, String path) throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.header(method, path));
            String answer = client.next(RawHttp2.DATA).payload();
            assertTrue(answer.contains("\"status\":4"), answer);
        }
    }

    /** Trailers end a stream as they come: the gateway took that for a request without a body, and dropped what had come. */
    @Test
    void a_body_passes_though_its_trailers_have_come_before_it_is_looked_at() throws Exception {
        try (TestBackend echo = TestBackend.doing(
                        (request, wire) -> wire.ok(new String(request.body(), StandardCharsets.ISO_8859_1)));
                TestGateway gateway = gateway(Map.of(), echo);
                RawHttp2 client = client(gateway)) {
            for (int stream = 1; stream < 10; stream += 2) {
                client.send(
                        RawHttp2.frame(
                                RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.header("POST", "/api/x")),
                        RawHttp2.frame(RawHttp2.DATA, 0, stream, "hello"),
                        RawHttp2.frame(
                                RawHttp2.HEADERS,
                                RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                                stream,
                                RawHttp2.field("x", "y")));
                assertEquals("hello", client.body(stream));
            }
        }
    }

    /** A CONNECT has no path (RFC 9113, 8.5); it got a 500, and the log a stack trace for each. */
    @Test
    void a_connect_is_refused_and_the_connection_goes_on() throws Exception {
        try (TestGateway gateway = gateway(Map.of());
                RawHttp2 client = client(gateway)) {
            String tunnel = RawHttp2.field(":method", "CONNECT") + RawHttp2.field(":authority", "localhost:22");
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, tunnel);
            String answer = client.body(1);
            assertTrue(answer.contains("\"status\":501") && answer.contains("CONNECT isn't supported"), answer);
            assertTrue(answer.contains("\"instance\":\"/\""), answer);
            assertTrue(client.get(3, "/health").body(3).contains("\"service\":\"API Gateway\""));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"its first, false", "a later one, true"})
    void a_header_that_drips_is_ended_however_steadily(String which, boolean later) throws Exception {
        try (TestGateway gateway = gateway(Map.of("GATEWAY_HEADER_TIMEOUT", "2s", "GATEWAY_IDLE_TIMEOUT", "1s"));
                RawHttp2 client = client(gateway)) {
            if (later) {
                assertNotNull(client.get(1, "/health").next(RawHttp2.DATA));
            }
            client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 3, RawHttp2.header("GET", "/health"));
            endsDespite(client, RawHttp2.CONTINUATION, 3, RawHttp2.field("x", "y"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"it never asked, false", "it asked once, true"})
    void a_connection_that_only_pings_is_ended(String which, boolean asked) throws Exception {
        try (TestGateway gateway = gateway(Map.of("GATEWAY_HEADER_TIMEOUT", "2s", "GATEWAY_IDLE_TIMEOUT", "1s"));
                RawHttp2 client = client(gateway)) {
            if (asked) {
                assertNotNull(client.get(1, "/health").next(RawHttp2.DATA));
            }
            RawHttp2.Frame last = endsDespite(client, RawHttp2.PING, 0, "12345678");
            if (asked) {
                assertEquals(0, last.error(), "a client that may come back");
                assertEquals(1, last.lastStream());
            }
        }
    }

    /** Sends a frame again and again until it is closed, or the connection is. */
    private static final class Sender implements AutoCloseable {
        private final Thread thread;
        private volatile boolean closed;

        Sender(RawHttp2 client, int type, int stream, String payload) {
            thread = new Thread(() -> {
                try {
                    while (!closed) {
                        client.send(type, 0, stream, payload);
                        LockSupport.parkNanos(BETWEEN_PINGS);
                    }
                } catch (IOException e) {
                    // it has been closed
                }
            });
        }

        void start() {
            thread.start();
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Sends these frames until the connection ends; the GOAWAY that came before, if one did. */
    private static RawHttp2.Frame endsDespite(RawHttp2 client, int type, int stream, String payload) throws Exception {
        try (Sender sender = new Sender(client, type, stream, payload)) {
            sender.start();
            RawHttp2.Frame told = null;
            long end = System.nanoTime() + 30_000_000_000L;
            for (RawHttp2.Frame frame = client.next(); frame != null; frame = client.next()) {
                assertTrue(System.nanoTime() - end < 0, "still open");
                told = frame.type() == RawHttp2.GOAWAY ? frame : told;
            }
            return told;
        }
    }

    @Test
    void one_whose_request_takes_longer_is_not_idle() throws Exception {
        try (TestBackend backend = held();
                TestGateway gateway = gateway(
                        Map.of(
                                "GATEWAY_HEADER_TIMEOUT", "2s",
                                "GATEWAY_IDLE_TIMEOUT", "500ms",
                                "GATEWAY_HEALTH_INTERVAL", "1h"),
                        backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            assertTrue(arrived.await(30, TimeUnit.SECONDS));
            LockSupport.parkNanos(1_500_000_000); // three timeouts
            release.countDown();
            assertEquals("held", client.next(RawHttp2.DATA).payload());
        }
    }

    /** RFC 9113, 6.8: else a request that is on its way when the gateway says so would be lost. */
    @Test
    void leaving_turns_nothing_away_at_first_then_everything_and_finishes_what_is_under_way() throws Exception {
        try (TestBackend backend = held();
                TestGateway gateway = gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            assertTrue(arrived.await(30, TimeUnit.SECONDS));
            Thread leaving = new Thread(
                    () -> gateway.drain.run(gateway.app.jettyServer().server(), Duration.ofSeconds(30)), "leaving");
            leaving.start();

            RawHttp2.Frame first = client.next(RawHttp2.GOAWAY);
            assertEquals(ANY_STREAM, first.lastStream());
            assertEquals(0, first.error());
            client.get(3, "/health"); // was on its way
            RawHttp2.Frame answer = client.next(RawHttp2.DATA);
            assertEquals(3, answer.stream());
            release.countDown();
            answer = client.next(RawHttp2.DATA);
            assertEquals(1, answer.stream());
            assertEquals("held", answer.payload());

            RawHttp2.Frame last = client.next(RawHttp2.GOAWAY);
            while (last.lastStream() == ANY_STREAM) { // Jetty says the first once more
                last = client.next(RawHttp2.GOAWAY);
            }
            assertEquals(3, last.lastStream());
            assertEquals(0, last.error());
            leaving.join(30_000);
            assertFalse(leaving.isAlive());
        }
    }

    /** Jetty's own timeout of a stream begins anew with any frame; a request would be under way for as long as they come. */
    @Test
    void a_body_that_stalls_has_its_time_whatever_frames_come() throws Exception {
        try (TestBackend backend = held();
                TestGateway gateway =
                        gateway(Map.of("GATEWAY_BODY_TIMEOUT", "1s", "GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.header("POST", "/api/x"));
            try (Sender updates = new Sender(client, RawHttp2.WINDOW_UPDATE, 1, "\0\0\0\1")) {
                updates.start();
                RawHttp2.Frame answer = client.next(RawHttp2.DATA);
                assertTrue(answer.payload().contains("request-timeout"), answer.payload());
            }
            nothingIsUnderWay(gateway);
        }
    }

    @Test
    void who_opens_no_window_for_its_answer_is_let_go_whatever_frames_come() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.endless(freed);
                TestGateway gateway =
                        gateway(Map.of("GATEWAY_IDLE_TIMEOUT", "1s", "GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            try (Sender updates =
                    new Sender(client, RawHttp2.WINDOW_UPDATE, 1, "\0\0\0\1")) { // the connection's stays shut
                updates.start();
                assertNotNull(client.next(RawHttp2.RST_STREAM));
                assertTrue(freed.await(30, TimeUnit.SECONDS));
            }
            nothingIsUnderWay(gateway);
        }
    }

    /** Then the gateway can't write the stream's reset either. */
    @Test
    void who_opens_its_windows_and_reads_nothing_is_let_go() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.endless(freed);
                TestGateway gateway =
                        gateway(Map.of("GATEWAY_IDLE_TIMEOUT", "1s", "GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.send(RawHttp2.SETTINGS, 0, 0, "\0\4\u007f\u00ff\u00ff\u00ff");
            client.send(RawHttp2.WINDOW_UPDATE, 0, 0, "\u007f\0\0\0");
            client.get(1, "/api/x");
            assertTrue(freed.await(60, TimeUnit.SECONDS));
            nothingIsUnderWay(gateway);
        }
    }

    /** Nor may what the gateway itself answers: here the client takes not a byte of it. */
    @Test
    void who_does_not_take_its_408_is_let_go() throws Exception {
        try (TestBackend backend = held();
                TestGateway gateway = gateway(
                        Map.of(
                                "GATEWAY_BODY_TIMEOUT", "500ms",
                                "GATEWAY_IDLE_TIMEOUT", "1s",
                                "GATEWAY_HEALTH_INTERVAL", "1h"),
                        backend);
                RawHttp2 client = client(gateway)) {
            client.send(RawHttp2.SETTINGS, 0, 0, "\0\4\0\0\0\0"); // an initial window of 0
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.header("POST", "/api/x"));
            try (Sender pings = new Sender(client, RawHttp2.PING, 0, "12345678")) {
                pings.start();
                assertNotNull(client.next(RawHttp2.RST_STREAM));
            }
            nothingIsUnderWay(gateway);
        }
    }

    /** Jetty told of a client's leaving no more once it had found the stream idle, if only the service was. */
    @Test
    void a_client_that_cancels_after_a_long_silence_of_the_service_is_heard() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    arrived.countDown();
                    if (wire.seesEnd()) {
                        freed.countDown();
                    }
                });
                TestGateway gateway =
                        gateway(Map.of("GATEWAY_IDLE_TIMEOUT", "500ms", "GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            assertTrue(arrived.await(30, TimeUnit.SECONDS));
            LockSupport.parkNanos(1_200_000_000); // two timeouts
            client.send(RawHttp2.RST_STREAM, 0, 1, "\0\0\0\10"); // CANCEL
            assertTrue(freed.await(30, TimeUnit.SECONDS));
            nothingIsUnderWay(gateway);
        }
    }

    @Test
    void a_service_may_be_silent_for_long_more_than_once() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 3; i++) {
                        LockSupport.parkNanos(1_000_000_000); // each twice the timeout
                        wire.send("5\r\nevent\r\n");
                    }
                    wire.send("0\r\n\r\n");
                });
                TestGateway gateway =
                        gateway(Map.of("GATEWAY_IDLE_TIMEOUT", "500ms", "GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            StringBuilder events = new StringBuilder();
            RawHttp2.Frame frame = client.next(RawHttp2.DATA);
            while (frame != null && (frame.flags() & RawHttp2.END_STREAM) == 0) {
                events.append(frame.payload());
                frame = client.next(RawHttp2.DATA);
            }
            assertNotNull(frame, "broken off after " + events);
            assertEquals("event".repeat(3), events + frame.payload());
        }
    }

    /** Else the service would take the start of the next client's request for the rest of this body. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"no body at all, '', 6", "a part, part, 10"})
    void a_body_shorter_than_its_length_never_leaves_a_connection_to_a_service_for_others(
            String name, String part, int length) throws Exception {
        try (TestBackend backend = TestBackend.atHead((request, wire) -> {
                    wire.ok(request.method());
                    if (request.method().equals("POST")) {
                        wire.bytes(length); // of the next request, GET /y
                    }
                });
                TestGateway gateway = gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawHttp2 client = client(gateway)) {
            String header = RawHttp2.header("POST", "/api/x") + RawHttp2.field("content-length", "" + length);
            if (part.isEmpty()) {
                client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, header);
            } else { // ended by trailers, of which Jetty checks nothing
                client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, header);
                client.send(RawHttp2.DATA, 0, 1, part);
                client.send(
                        RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, RawHttp2.field("x-end", "1"));
            }
            assertNotNull(client.next(RawHttp2.DATA));
            try (RawHttp2 other = client(gateway)) { // the first has broken the rules, and may lose its connection
                assertEquals("GET", other.get(1, "/api/y").body(1));
            }
        }
    }

    private static void nothingIsUnderWay(TestGateway gateway) throws Exception {
        Await.until("its end", () -> {
            try (RawHttp2 other = client(gateway)) {
                return other.get(1, "/metrics").body(1).contains("gateway_requests_in_flight 0.0");
            }
        });
    }
}
