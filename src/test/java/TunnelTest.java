import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import gateway.testing.TestBackend.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.AbstractConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A WebSocket's handshake, bytes and ends, over raw sockets. What frames mean is the two ends' business. */
@ResourceLock("threads of WebSockets")
class TunnelTest {
    // The key and its answer are the example of RFC 6455, 1.3.
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private static final String ASK = "GET /api/ws?room=1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n\r\n";
    private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT + "\r\n\r\n";
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final Map<String, String> NO_MORE_CHECKS = Map.of("GATEWAY_HEALTH_INTERVAL", "1h");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final FakeTime time = new FakeTime();

    /** The backend's ends of the tunnels, each held open until the test is over. */
    private final BlockingQueue<Wire> wires = new LinkedBlockingQueue<>();

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void stop() {
        over.countDown();
        threads.shutdownNow();
    }

    /** Takes every handshake, and gives the test the connection; answers all else with "plain". */
    private TestBackend switching(String answer) throws IOException {
        return TestBackend.doing((request, wire) -> {
            if (request.header("Upgrade").isEmpty()) {
                wire.ok("plain");
                return;
            }
            wire.send(answer);
            wires.add(wire);
            over.await();
        });
    }

    private TestBackend switching() throws IOException {
        return switching(SWITCH);
    }

    private Wire wire() throws InterruptedException {
        return wires.poll(30, TimeUnit.SECONDS);
    }

    private static RawClient opened(TestGateway gateway) throws IOException {
        RawClient client = gateway.raw().send(ASK);
        assertEquals(101, client.head().status());
        return client;
    }

    private static int inFlight(TestGateway gateway) throws Exception {
        return gateway.json("/services").at("/services/0/in_flight").asInt();
    }

    private static void carries(RawClient client, Wire wire) throws IOException {
        client.send("to the backend");
        assertEquals("to the backend", wire.bytes(14));
        wire.send("to the client");
        assertEquals("to the client", client.bytes(13));
    }

    @Test
    void the_handshake_passes_both_ways_by_the_rules_for_headers() throws Exception {
        try (TestBackend backend = switching(
                        SWITCH.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate; x=\"1\"\r\n")
                                + "Sec-WebSocket-Protocol: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nKeep-Alive: 5\r\n"
                                + "Content-Length: 0\r\n\r\n");
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()
                        .send(ASK.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")
                                + "Sec-WebSocket-Extensions: x-mine; a=b\r\nSec-WebSocket-Protocol: a, b\r\n"
                                + "Origin: http://shop.example\r\nX-Forwarded-For: 6.6.6.6\r\nKeep-Alive: 5\r\n"
                                + "X-Request-ID: mine\r\n\r\n")) {
            Answer answer = client.head();
            Received asked = backend.next();
            assertEquals("GET /ws?room=1 HTTP/1.1", asked.line());
            assertEquals(List.of("Upgrade"), asked.header("Connection"));
            assertEquals(List.of("websocket"), asked.header("Upgrade"));
            assertEquals(List.of("13"), asked.header("Sec-WebSocket-Version"));
            assertEquals(List.of(KEY), asked.header("Sec-WebSocket-Key"));
            assertEquals(List.of("permessage-deflate", "x-mine; a=b"), asked.header("Sec-WebSocket-Extensions"));
            assertEquals(List.of("a, b"), asked.header("Sec-WebSocket-Protocol"));
            assertEquals(List.of("http://shop.example"), asked.header("Origin"));
            assertEquals(List.of("127.0.0.1"), asked.header("X-Forwarded-For"));
            assertEquals(List.of("1.1 " + gateway.via()), asked.header("Via"));
            assertEquals(List.of("mine"), asked.header("X-Request-ID"));
            assertEquals(List.of(), asked.header("Keep-Alive"));

            assertTrue(answer.head().startsWith("HTTP/1.1 101 Switching Protocols\r\n"), answer.head());
            assertEquals(List.of("Upgrade"), answer.header("Connection"));
            assertEquals(List.of("websocket"), answer.header("Upgrade"));
            assertEquals(List.of(ACCEPT), answer.header("Sec-WebSocket-Accept"));
            assertEquals(List.of("permessage-deflate; x=\"1\""), answer.header("Sec-WebSocket-Extensions"));
            assertEquals(List.of("b"), answer.header("Sec-WebSocket-Protocol"));
            assertEquals(List.of("a=1", "b=2"), answer.header("Set-Cookie"));
            assertEquals(List.of("API Gateway"), answer.header("X-Gateway"));
            assertEquals(List.of(backend.url()), answer.header("X-Backend-Service"));
            assertEquals(List.of("Round Robin"), answer.header("X-Load-Balancer"));
            assertEquals(List.of("mine"), answer.header("X-Request-ID"));
            for (String gone : List.of("Keep-Alive", "Content-Length", "Content-Type", "Transfer-Encoding")) {
                assertEquals(List.of(), answer.header(gone), gone);
            }
            carries(client, wire());
        }
    }

    @Test
    void a_connection_header_with_more_than_upgrade_is_a_switch_too() throws Exception {
        // OkHttp takes such an answer for an ordinary one without a body.
        try (TestBackend backend = switching(SWITCH.replace("Connection: Upgrade", "connection: keep-alive, upgrade"));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            carries(client, wire);
            client.endOutput();
            assertEquals("", wire.rest());
            wire.close();
            assertEquals("", client.rest());
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void what_the_client_sends_right_behind_its_handshake_arrives() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        String much = "0123456789".repeat(5000); // more than Jetty reads with the head, and than the watch reads ahead
        CompletableFuture<String> got = new CompletableFuture<>();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    answer.await();
                    wire.send(SWITCH);
                    got.complete(wire.bytes(much.length()));
                });
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw().send(ASK + much.substring(0, 100))) {
            backend.next();
            client.send(much.substring(100));
            answer.await(300, TimeUnit.MILLISECONDS); // long enough for the watch to have read ahead
            answer.countDown();
            assertEquals(101, client.head().status());
            assertEquals(much, got.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void what_the_backend_sends_with_its_101_arrives() throws Exception {
        String much = "0123456789".repeat(5000);
        try (TestBackend backend = switching(SWITCH + much);
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            assertEquals(much, client.bytes(much.length()));
            carries(client, wire());
        }
    }

    @Test
    void a_clients_regular_end_is_passed_on_and_the_backend_may_finish() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            client.send("bye").endOutput();
            assertEquals("bye", wire.rest());
            wire.send("farewell");
            assertEquals("farewell", client.bytes(8));
            assertEquals(1, inFlight(gateway));
            wire.close();
            assertEquals("", client.rest());
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_backends_regular_end_is_passed_on_and_the_client_may_finish() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            wire.send("bye");
            wire.endOutput();
            assertEquals("bye", client.rest());
            client.send("farewell").endOutput();
            assertEquals("farewell", wire.rest());
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_clients_reset_resets_the_backend() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            carries(client, wire);
            long start = System.nanoTime();
            client.reset();
            assertThrows(IOException.class, wire::rest);
            assertTrue(System.nanoTime() - start < 1_000_000_000L, "at once, not by some timeout");
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_backends_reset_resets_the_client() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            carries(client, wire);
            wire.reset();
            assertThrows(IOException.class, client::rest, "a regular end would have been no exception");
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_reset_after_the_other_sides_end_is_still_a_reset() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            wire.endOutput();
            assertEquals("", client.rest());
            client.reset();
            assertThrows(IOException.class, wire::rest);
        }
    }

    @Test
    void a_side_that_does_not_follow_the_others_end_has_5_seconds() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, time, backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            client.endOutput();
            assertEquals("", wire.rest());
            time.pass(Duration.ofMillis(4900));
            wire.send("busy");
            assertEquals("busy", client.bytes(4));
            time.pass(Duration.ofMillis(4900));
            wire.send("busy");
            assertEquals("busy", client.bytes(4));
            time.pass(Duration.ofMillis(5000));
            assertEquals("", client.rest());
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_backend_slows_down_to_a_client_that_does_not_read_and_nothing_is_lost() throws Exception {
        byte[] block = block();
        AtomicLong sent = new AtomicLong();
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            Future<?> sender = threads.submit(() -> {
                for (int i = 0; i < 200; i++, sent.incrementAndGet()) {
                    wire.send(block);
                }
                return null;
            });
            Await.until("the sender to stand still", () -> standsStill(sent));
            assertTrue(sent.get() < 50, sent + " MB were taken for a client that reads nothing");
            client.send("the other way is free");
            assertEquals("the other way is free", wire.bytes(21));
            for (int i = 0; i < 200; i++) {
                assertTrue(client.bytes(block.length).equals(text(block)));
            }
            sender.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_client_slows_down_to_a_backend_that_does_not_read_and_nothing_is_lost() throws Exception {
        byte[] block = block();
        AtomicLong sent = new AtomicLong();
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = opened(gateway)) {
            Wire wire = wire();
            Future<?> sender = threads.submit(() -> {
                for (int i = 0; i < 200; i++, sent.incrementAndGet()) {
                    client.send(block);
                }
                return null;
            });
            Await.until("the sender to stand still", () -> standsStill(sent));
            assertTrue(sent.get() < 50, sent + " MB were taken for a backend that reads nothing");
            wire.send("the other way is free");
            assertEquals("the other way is free", client.bytes(21));
            for (int i = 0; i < 200; i++) {
                assertTrue(wire.bytes(block.length).equals(text(block)));
            }
            sender.get(5, TimeUnit.SECONDS);
        }
    }

    private static byte[] block() {
        byte[] block = new byte[1024 * 1024];
        new java.util.Random(1).nextBytes(block);
        return block;
    }

    private static String text(byte[] block) {
        return new String(block, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static boolean standsStill(AtomicLong count) throws InterruptedException {
        long before = count.get();
        new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
        return before > 0 && count.get() == before;
    }

    @Test
    void the_limit_counts_the_handshake_and_nothing_else() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"), time, backend)) {
            RawClient[] clients = new RawClient[5];
            for (int i = 0; i < 5; i++) {
                clients[i] = gateway.raw().send(ASK);
                Answer answer = clients[i].head();
                assertEquals(101, answer.status());
                assertEquals(List.of("" + (4 - i)), answer.header("X-RateLimit-Remaining"));
                Wire wire = wire();
                for (int message = 0; message < 200; message++) {
                    carries(clients[i], wire);
                }
            }
            assertEquals(429, gateway.raw(ASK).status());
            assertEquals(5, inFlight(gateway));
            for (RawClient client : clients) {
                client.reset(); // this backend wouldn't follow a regular end
            }
            Await.until("their ends", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void a_handshake_that_the_first_backend_refuses_goes_to_the_next() throws Exception {
        try (TestBackend dead = TestBackend.named("dead");
                TestBackend backend = switching();
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, dead, backend)) {
            dead.kill();
            for (int i = 0; i < 2; i++) {
                try (RawClient client = opened(gateway)) {
                    carries(client, wire());
                }
            }
        }
    }

    @Test
    void without_a_service_it_is_503() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Answer answer = gateway.raw(ASK);
            assertEquals(503, answer.status());
            assertEquals(List.of("1"), answer.header("Retry-After"));
        }
    }

    @Test
    void a_backend_that_is_silent_at_the_handshake_is_504() throws Exception {
        try (TestBackend backend = TestBackend.heldBy(over);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms"), backend)) {
            assertEquals(504, gateway.raw(ASK).status());
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 404, 426, 503})
    void another_answer_than_101_is_passed_on_and_the_connection_stays_http(int status) throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.send("HTTP/1.1 " + status
                        + " X\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbody"));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            for (int i = 0; i < 2; i++) {
                Answer answer = client.send(ASK).answer();
                assertEquals(status, answer.status());
                assertEquals("body", answer.body());
                assertEquals(List.of("13"), answer.header("Sec-WebSocket-Version"));
                assertEquals(List.of(backend.url()), answer.header("X-Backend-Service"));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "an accept for another key | Accept: s3p | Accept: t3p",
                "no accept | Sec-WebSocket-Accept | X-Accept",
                "no Upgrade | Upgrade: websocket | X: y",
                "a switch to something else | Upgrade: websocket | Upgrade: h2c",
                "no Connection | Connection: Upgrade | X: y",
                "a Connection without upgrade | Connection: Upgrade | Connection: close",
                "a length | Connection: Upgrade | Connection: Upgrade~Content-Length: 5",
                "a length, and a list | Connection: Upgrade | Connection: x, Upgrade~Content-Length: 5",
                "chunks | Connection: Upgrade | Connection: Upgrade~Transfer-Encoding: chunked",
                "another 1xx that is none | 101 Switching | 199 Switching",
            })
    void a_false_switch_is_502_and_closes_the_backends_connection(String what, String part, String instead)
            throws Exception {
        try (TestBackend backend = switching(SWITCH.replace(part, instead.replace("~", "\r\n")) + "frame");
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_HEALTH_INTERVAL", "1h", "GATEWAY_UPSTREAM_TIMEOUT", "1s"), backend);
                RawClient client = gateway.raw()) {
            Answer answer = client.send(ASK).answer();
            assertTrue(answer.status() == 502 || what.startsWith("another") && answer.status() == 504, answer.head());
            assertEquals(List.of(), answer.header("Upgrade"));
            assertEquals(List.of(), answer.header("Sec-WebSocket-Accept"));
            assertTrue(wire().seesEnd());
            assertEquals("plain", client.send(GET).answer().body());
            Await.until("its end", () -> inFlight(gateway) == 0); // an answer is whole at the client a moment before
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "another protocol | websocket~Connection: | h2c~HTTP2-Settings: AAMAAABkAAQAAP__~Connection: HTTP2-Settings,",
                "another protocol alone | websocket | h2c",
                "an end asked for, too | keep-alive, Upgrade | Upgrade, close",
                "no key | Sec-WebSocket-Key | X-Key",
                "a short key | dGhl | dGh",
                "a key that is none | dGhl | !!!!",
                "two keys | Sec-WebSocket-Version | Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==~Sec-WebSocket-Version",
                "an old version | Version: 13 | Version: 8",
                "two versions | Version: 13 | Version: 13~Sec-WebSocket-Version: 8",
                "no version | Sec-WebSocket-Version | X-Version",
                "a POST | GET | POST",
                "HTTP/1.0 | HTTP/1.1 | HTTP/1.0",
                "a wish to continue | Host: x | Host: x~Expect: 100-continue",
            })
    void what_is_no_handshake_is_an_ordinary_request_and_desyncs_nothing(String what, String part, String instead)
            throws Exception {
        String request = ASK.replace(part.replace("~", "\r\n"), instead.replace("~", "\r\n"));
        assertFalse(request.equals(ASK));
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            Answer answer = client.send(request).answer();
            assertEquals(200, answer.status());
            assertEquals("plain", answer.body());
            Received got = backend.next();
            assertEquals(List.of(), got.header("Upgrade"));
            assertEquals(List.of(), got.header("HTTP2-Settings"));
            assertFalse(got.header("Connection").toString().toLowerCase().contains("upgrade"));
            if (answer.header("Connection").isEmpty()) {
                assertEquals("plain", client.send(GET).answer().body());
            }
            assertEquals(1, backend.connections() - wires.size());
        }
    }

    // It is about another connection than this one, and to be ignored (RFC 9110, 7.8).
    @Test
    void an_upgrade_that_connection_does_not_name_is_no_handshake() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            assertEquals(200, gateway.raw(ASK.replace(", Upgrade", "")).status());
            assertEquals(List.of(), backend.next().header("Upgrade"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a length | Content-Length: 63~~",
                "chunks | Transfer-Encoding: chunked~~3f~",
            })
    void a_handshake_with_a_body_is_refused_and_hides_no_request(String what, String rest) throws Exception {
        String hidden = "GET /api/hidden HTTP/1.1\r\nHost: x\r\nX: 234567890123456789\r\n\r\n12";
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send(ASK.substring(0, ASK.length() - 2) + rest.replace("~", "\r\n") + hidden);
            client.endOutput();
            assertEquals(400, client.answer().status());
            assertEquals(0, backend.waiting());
        }
    }

    @Test
    void requests_behind_a_handshake_that_is_answered_otherwise_are_requests() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.ok(request.target()));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw().send(ASK + GET)) {
            assertEquals("/ws?room=1", client.answer().body());
            assertEquals("/x", client.answer().body());
        }
    }

    @Test
    void a_client_that_leaves_at_the_handshake_ends_the_call() throws Exception {
        CompletableFuture<Boolean> sawEnd = new CompletableFuture<>();
        try (TestBackend backend = TestBackend.doing((request, wire) -> sawEnd.complete(wire.seesEnd()));
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw().send(ASK)) {
            backend.next();
            client.reset();
            assertTrue(sawEnd.get(5, TimeUnit.SECONDS));
            Await.until("its end", () -> inFlight(gateway) == 0);
        }
    }

    @Test
    void silence_ends_a_request_but_not_a_tunnel_before_its_own_hour() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    if (request.header("Upgrade").isEmpty()) {
                        never.await();
                    }
                    wire.send(SWITCH);
                    wires.add(wire);
                    over.await();
                });
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_HEALTH_INTERVAL", "1h", "GATEWAY_UPSTREAM_TIMEOUT", "1s"), time, backend);
                RawClient client = opened(gateway);
                RawClient waiting = gateway.raw()) {
            Wire wire = wire();
            for (int i = 0; i < 3; i++) {
                backend.next();
                waiting.send(GET);
                Await.until("the request", () -> backend.waiting() == 1);
                time.pass(Duration.ofMinutes(59));
                Await.until("the timers have seen that time has passed", () -> {
                    time.pass(Duration.ofMillis(20)); // in small steps: a large one is a stall of the gateway itself
                    return waiting.isReadable();
                });
                assertEquals(504, waiting.answer().status());
                carries(client, wire);
            }
            time.pass(Duration.ofHours(1));
            assertEquals("", client.rest());
            assertTrue(wire.seesEnd());
            Await.until("its end", () -> inFlight(gateway) == 0);
        } finally {
            never.countDown();
        }
    }

    @Test
    void jettys_own_idle_timeout_is_not_a_tunnels() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            AbstractConnector connector =
                    (AbstractConnector) gateway.app.jettyServer().server().getConnectors()[0];
            connector.setIdleTimeout(100);
            try (RawClient client = opened(gateway);
                    RawClient idle = gateway.raw().send(GET)) {
                assertEquals("plain", idle.answer().body());
                assertEquals("", idle.rest(), "a connection without a request was closed");
                carries(client, wire());
            }
        }
    }

    @Test
    void a_tunnel_does_not_hold_up_draining_and_ends_when_the_gateway_stops() throws Exception {
        try (TestBackend backend = switching()) {
            TestGateway gateway = TestGateway.inFrontOf(backend);
            RawClient client = opened(gateway);
            Wire wire = wire();
            RawClient late = gateway.raw().send(GET);
            assertEquals("plain", late.answer().body());
            Future<?> drained = threads.submit(
                    () -> gateway.drain.run(gateway.app.jettyServer().server()));
            Await.until("draining", gateway.drain::isDraining);
            Await.until("refused handshakes", () -> late.send(ASK).answer().status() == 503);
            drained.get(5, TimeUnit.SECONDS);
            carries(client, wire);
            long start = System.nanoTime();
            gateway.close();
            assertTrue(System.nanoTime() - start < 5_000_000_000L);
            assertEquals("", client.rest());
            assertTrue(wire.seesEnd());
            client.close();
            late.close();
            Await.until(
                    "the end of its threads",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("websocket")));
        }
    }

    @Test
    void whoever_ends_it_and_however_nothing_is_left() throws Exception {
        byte[] bytes = new byte[20_000];
        ExecutorService fifty = Executors.newFixedThreadPool(50); // fewer than may wait to be accepted
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send(SWITCH);
                    int way = Integer.parseInt(request.header("X-Way").get(0));
                    wire.send(bytes);
                    if (way == 0) {
                        wire.reset();
                    } else if (way == 1) {
                        wire.close();
                    } else if (way == 2) {
                        wire.endOutput();
                    }
                    wire.rest();
                    wire.close();
                });
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                int way = i % 6;
                clients.add(fifty.submit(() -> {
                    try (RawClient client = gateway.raw()) {
                        client.send(ASK.replace("Host: x", "Host: x\r\nX-Way: " + way));
                        client.head();
                        client.send(bytes);
                        if (way == 3) {
                            client.reset();
                        } else if (way == 4) {
                            client.endOutput();
                            client.rest();
                        } else if (way != 5) {
                            client.rest();
                        }
                    } catch (IOException e) {
                        // reset, as way 0 has it; or written to the closed end of way 1
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get(20, TimeUnit.SECONDS);
            }
            Await.until("their ends", () -> inFlight(gateway) == 0);
            Await.until("the ends of their connections", () -> backend.connections() <= 1);
        } finally {
            fifty.shutdownNow();
        }
    }

    @Test
    void quiet_tunnels_hold_a_thread_each_at_most_and_leave_none() throws Exception {
        try (TestBackend backend = switching();
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            RawClient[] clients = new RawClient[50];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = opened(gateway);
                carries(clients[i], wire());
            }
            assertEquals(50, inFlight(gateway));
            long threads = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().startsWith("websocket"))
                    .filter(thread -> Arrays.stream(thread.getValue())
                            .anyMatch(frame -> frame.getClassName().equals("gateway.proxy.websocket.Tunnel")))
                    .count();
            assertTrue(threads <= 50, threads + " threads for 50 quiet tunnels");
            for (RawClient client : clients) {
                client.reset(); // this backend wouldn't follow a regular end
            }
            Await.until("their ends", () -> inFlight(gateway) == 0);
        }
    }
}
