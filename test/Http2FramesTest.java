import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.TestBackend;
import gateway.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 frame by frame: what no well-behaved client would send, and what the gateway says to those that do behave. */
class Http2FramesTest {
    /** More a second, and Jetty takes them for a flood. */
    private static final long BETWEEN_PINGS = 20_000_000;

    private static final int ANY_STREAM = Integer.MAX_VALUE;

    private static TestCa ca;
    private static Map<String, String> pair;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeAll
    static void issue() throws Exception {
        ca = new TestCa("Test CA");
        pair = ca.issue("localhost")
                .writeTo(Files.createTempDirectory(Path.of("target").toAbsolutePath(), "frames"));
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

    /** Sends these frames until the connection ends; the GOAWAY that came before, if one did. */
    private static RawHttp2.Frame endsDespite(RawHttp2 client, int type, int stream, String payload) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Thread sender = new Thread(() -> {
            try {
                while (!ended.get()) {
                    client.send(type, 0, stream, payload);
                    LockSupport.parkNanos(BETWEEN_PINGS);
                }
            } catch (IOException e) {
                // it has been closed
            }
        });
        sender.start();
        try {
            RawHttp2.Frame told = null;
            long end = System.nanoTime() + 30_000_000_000L;
            for (RawHttp2.Frame frame = client.next(); frame != null; frame = client.next()) {
                assertTrue(System.nanoTime() - end < 0, "still open");
                told = frame.type() == RawHttp2.GOAWAY ? frame : told;
            }
            return told;
        } finally {
            ended.set(true);
            sender.join();
        }
    }

    @Test
    void one_whose_request_takes_longer_is_not_idle() throws Exception {
        try (TestBackend backend = held();
                TestGateway gateway = gateway(
                        Map.of(
                                "GATEWAY_HEADER_TIMEOUT", "2s",
                                "GATEWAY_IDLE_TIMEOUT", "200ms",
                                "GATEWAY_HEALTH_INTERVAL", "1h"),
                        backend);
                RawHttp2 client = client(gateway)) {
            client.get(1, "/api/x");
            assertTrue(arrived.await(30, TimeUnit.SECONDS));
            LockSupport.parkNanos(800_000_000); // four timeouts
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
}
