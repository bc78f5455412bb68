import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens when backends fail. */
class FaultsTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String POST = "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";

    /** So long that no check comes after the first: what is seen is the requests' doing. */
    private static final Map<String, String> NO_MORE_CHECKS = Map.of("GATEWAY_HEALTH_INTERVAL", "1h");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void without_a_service_it_is_503_and_when_to_come_back() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Answer answer = gateway.raw(GET);
            assertEquals(503, answer.status());
            assertEquals(List.of("1"), answer.header("Retry-After"));
            assertEquals(
                    "urn:api-gateway:problem:no-service-available",
                    TestGateway.json(answer).path("type").asText());
        }
    }

    @ParameterizedTest(name = "{0} to a stopped backend goes to the other, which gets it once")
    @CsvSource({"GET", "POST", "DELETE"})
    void a_refused_connection_is_no_failure_while_there_is_another(String method) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, a, b)) {
            a.kill();
            for (int i = 0; i < 4; i++) {
                Answer answer = gateway.raw(method.equals("POST") ? POST : GET.replace("GET", method));
                assertEquals(200, answer.status());
                assertEquals("b", TestGateway.json(answer).path("service").asText());
                assertEquals(method.equals("POST") ? "hi" : "", b.next().text());
            }
            assertEquals(0, b.waiting());
            JsonNode services = gateway.json("/services").path("services");
            JsonNode down = services.path(0).path("url").asText().equals(a.url()) ? services.path(0) : services.path(1);
            assertEquals("unhealthy", down.path("status").asText());
            assertEquals("connection refused", down.path("reason").asText());
            assertEquals(1, down.path("failures").asInt(), "one refused connection was enough");
        }
    }

    @Test
    void when_the_last_one_refuses_it_is_502_then_503() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, a)) {
            a.kill();
            Answer answer = gateway.raw(GET);
            assertEquals(502, answer.status());
            assertTrue(TestGateway.json(answer).path("detail").asText().endsWith("gave no answer: connection refused"));
            assertEquals(503, gateway.raw(GET).status());
        }
    }

    @Test
    void a_get_that_a_backend_hangs_up_on_goes_to_the_next_and_a_post_does_not() throws Exception {
        try (TestBackend bad = TestBackend.hangsUp();
                TestBackend good = TestBackend.named("good");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, bad, good)) {
            for (int i = 0; i < 4; i++) {
                assertEquals(200, gateway.raw(GET).status());
            }
            List<Integer> statuses =
                    List.of(gateway.raw(POST).status(), gateway.raw(POST).status());
            assertTrue(statuses.contains(502) && statuses.contains(200), statuses.toString());
        }
    }

    @Test
    void a_put_whose_body_was_read_is_not_sent_twice() throws Exception {
        try (TestBackend a = TestBackend.hangsUp();
                TestBackend b = TestBackend.hangsUp();
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, a, b)) {
            assertEquals(502, gateway.raw(POST.replace("POST", "PUT")).status());
            assertEquals(1, a.waiting() + b.waiting());
        }
    }

    @Test
    void no_more_than_three_backends_are_tried() throws Exception {
        try (TestBackend a = TestBackend.hangsUp();
                TestBackend b = TestBackend.hangsUp();
                TestBackend c = TestBackend.hangsUp();
                TestBackend d = TestBackend.hangsUp();
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, a, b, c, d)) {
            assertEquals(502, gateway.raw(GET).status());
            assertEquals(3, a.waiting() + b.waiting() + c.waiting() + d.waiting());
        }
    }

    @Test
    void a_kept_alive_connection_that_the_backend_closed_is_replaced_unseen() throws Exception {
        AtomicInteger got = new AtomicInteger();
        // Answers, then closes without having said so: the gateway believes the connection to be good.
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    got.incrementAndGet();
                    wire.ok("{}");
                    wire.close();
                });
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, backend)) {
            for (int i = 1; i <= 5; i++) {
                assertEquals(200, gateway.raw(GET).status());
                Await.until("the close", () -> backend.connections() == 0);
                assertEquals(i, got.get());
            }
            JsonNode service = gateway.json("/services").path("services").path(0);
            assertEquals("healthy", service.path("status").asText());
            assertEquals(0, service.path("failures").asInt(), "closing an idle connection is no failure");
        }
    }

    @Test
    void a_put_with_a_body_does_not_ride_on_a_connection_that_the_backend_may_have_closed() throws Exception {
        FakeTime time = new FakeTime();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.ok("{}");
                    wire.close();
                });
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, time, backend)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, gateway.raw(POST.replace("POST", "PUT")).status());
                Await.until("the close", () -> backend.connections() == 0);
                Await.until(
                        "the exchange's end",
                        () -> gateway.json("/services")
                                        .at("/services/0/in_flight")
                                        .asInt()
                                == 0);
                time.pass(Duration.ofSeconds(2)); // young enough for a GET
            }
        }
    }

    @Test
    void a_get_whose_backend_dies_between_head_and_body_goes_to_the_next() throws Exception {
        try (TestBackend dies =
                        TestBackend.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-RateLimit-Limit: 9\r\n\r\n");
                TestBackend good = TestBackend.named("good");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, dies, good)) {
            for (int i = 0; i < 2; i++) {
                Answer answer = gateway.raw(GET);
                assertEquals("good", TestGateway.json(answer).path("service").asText());
                assertEquals(List.of(), answer.header("X-RateLimit-Limit"), "nothing of the failed answer is left");
            }
        }
    }

    @Test
    void a_death_in_the_answer_on_a_used_connection_counts_as_a_failure() throws Exception {
        AtomicInteger got = new AtomicInteger();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    if (got.getAndIncrement() == 0) {
                        wire.ok("{}");
                    } else {
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart")
                                .reset();
                    }
                });
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, backend)) {
            assertEquals(200, gateway.raw(GET).status());
            assertThrows(IOException.class, () -> gateway.raw(GET));
            Await.until(
                    "the count",
                    () -> gateway.json("/services").at("/services/0/failures").asInt() == 1);
        }
    }

    @Test
    void a_client_that_closes_its_side_while_it_waits_has_left() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend silent = TestBackend.heldBy(never);
                TestGateway gateway = TestGateway.inFrontOf(silent);
                RawClient client = gateway.raw().send(GET)) {
            silent.next();
            client.endOutput();
            assertEquals("", client.rest(), "no answer, and none that blames the request");
        } finally {
            never.countDown();
        }
    }

    /**
     * Streams of events end when nothing has happened for long enough. Each counted as a request without an answer, and
     * five as a reason to eject a service that had answered them all, and had told all there was.
     */
    @Test
    void event_streams_that_end_by_their_silence_eject_no_service() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        TestBackend.Script quiet = (request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n");
            never.await();
        };
        try (TestBackend a = TestBackend.doing(quiet);
                TestBackend b = TestBackend.doing(quiet);
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_UPSTREAM_TIMEOUT", "1s", "GATEWAY_HEALTH_INTERVAL", "1h"), a, b)) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = gateway.raw().send(GET)) {
                    assertEquals(200, client.head().status());
                    assertEquals("data: a\n\n", client.chunk());
                    assertThrows(IOException.class, client::chunk, "it is broken off");
                }
            }
            for (JsonNode service : gateway.json("/services").path("services")) {
                assertEquals("healthy", service.path("status").asText(), service.toString());
                assertEquals(5, service.at("/answers/2xx_3xx").asInt(), service.toString());
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_silent_backend_is_504_and_not_asked_twice() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend silent = TestBackend.heldBy(never);
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms", "GATEWAY_HEALTH_INTERVAL", "1h"), silent)) {
            Answer answer = gateway.raw(GET);
            assertEquals(504, answer.status());
            assertTrue(TestGateway.json(answer).path("detail").asText().endsWith("was silent for 200ms"));
            silent.next();
            assertEquals(0, silent.waiting());
            Await.until("the end of its connection", () -> silent.connections() <= 1);
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_backend_that_is_slow_but_not_silent_is_waited_for() throws Exception {
        try (TestBackend slow = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
                    CountDownLatch pause = new CountDownLatch(1);
                    for (int i = 0; i < 12; i++) {
                        pause.await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
                        wire.send("x");
                    }
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "1s"), slow)) {
            assertEquals("xxxxxxxxxxxx", gateway.raw(GET).body());
        }
    }

    @Test
    void a_backend_that_falls_silent_in_its_answer_is_broken_off() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend stalls = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart");
                    never.await();
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms"), stalls)) {
            assertThrows(IOException.class, () -> gateway.raw(GET));
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_backend_that_does_not_connect_is_502_within_the_connect_timeout() throws Exception {
        // A listener whose queue is full answers no SYN: connecting hangs.
        try (java.net.ServerSocket full = new java.net.ServerSocket(0, 1);
                java.net.Socket first = new java.net.Socket("127.0.0.1", full.getLocalPort());
                java.net.Socket second = new java.net.Socket("127.0.0.1", full.getLocalPort());
                TestGateway gateway = TestGateway.with(Map.of(
                        "GATEWAY_CONNECT_TIMEOUT", "200ms",
                        "GATEWAY_HEALTH_TIMEOUT", "100ms",
                        "GATEWAY_SERVICES", "http://127.0.0.1:" + full.getLocalPort()))) {
            assertTrue(first.isConnected() && second.isConnected());
            JsonNode service = gateway.json("/services").path("services").path(0);
            assertEquals(
                    "could not connect within 100ms",
                    service.at("/last_check/error").asText());
            assertEquals("checking", service.path("status").asText());
        }
    }

    @Test
    void five_hangups_in_a_row_eject_while_another_serves() throws Exception {
        try (TestBackend bad = TestBackend.hangsUp();
                TestBackend good = TestBackend.named("good");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, bad, good)) {
            for (int i = 0; i < 10; i++) {
                assertEquals(200, gateway.raw(GET).status());
            }
            assertEquals(1, gateway.json("/services").path("healthy_services").asInt());
            JsonNode health = gateway.json("/health");
            assertEquals("healthy", health.path("status").asText());
        }
    }

    @Test
    void the_last_one_is_not_ejected_for_hanging_up() throws Exception {
        try (TestBackend bad = TestBackend.hangsUp();
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, bad)) {
            for (int i = 0; i < 10; i++) {
                assertEquals(502, gateway.raw(GET).status());
            }
            assertEquals("healthy", gateway.status(0));
        }
    }

    @Test
    void a_backend_that_comes_back_on_its_port_is_readmitted() throws Exception {
        Map<String, String> quick = Map.of("GATEWAY_HEALTH_INTERVAL", "50ms");
        TestBackend a = TestBackend.named("a");
        try (TestGateway gateway = TestGateway.with(quick, a)) {
            assertEquals("a", gateway.who());
            a.kill();
            Await.until("its ejection", () -> gateway.status(0).equals("unhealthy"));
            try (TestBackend again = TestBackend.named("again", a.port())) {
                Await.until("its return", () -> gateway.status(0).equals("healthy"));
                assertEquals("again", gateway.who());
                assertEquals(a.port(), again.port());
            }
        }
    }

    @Test
    void fifty_requests_to_a_hung_backend_do_not_slow_the_others() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend hung = TestBackend.heldBy(latch);
                TestBackend good = TestBackend.named("good");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, hung, good)) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(threads.submit(() -> gateway.raw(GET)));
            }
            for (int i = 0; i < 50; i++) {
                hung.next();
                good.next();
            }
            assertEquals(200, gateway.get("/health").statusCode());
            Await.until(
                    "the good ones",
                    () -> answers.stream().filter(Future::isDone).count() == 50);
            latch.countDown();
            for (Future<Answer> answer : answers) {
                assertEquals(200, answer.get().status());
            }
        } finally {
            latch.countDown();
        }
    }

    @Test
    void a_client_that_leaves_while_waiting_ends_the_call_to_the_backend() throws Exception {
        Leaving leaving = new Leaving();
        try (TestBackend backend = TestBackend.doing(leaving);
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            RawClient client = gateway.raw().send(GET);
            leaving.begun.await();
            client.close();
            assertTrue(leaving.sawEnd.get(), "the backend's connection was closed");
            Await.until(
                    "nothing in flight",
                    () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
            assertEquals(0, gateway.json("/services").at("/services/0/failures").asInt());
        }
    }

    @Test
    void a_client_that_leaves_while_downloading_ends_the_call_to_the_backend() throws Exception {
        Leaving leaving = new Leaving("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart");
        try (TestBackend backend = TestBackend.doing(leaving);
                TestGateway gateway = TestGateway.inFrontOf(backend)) {
            RawClient client = gateway.raw().send(GET);
            client.head();
            assertEquals("part", client.bytes(4));
            client.close();
            assertTrue(leaving.sawEnd.get());
        }
    }

    @Test
    void a_client_that_leaves_while_uploading_ends_the_call_to_the_backend() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, backend)) {
            RawClient client = gateway.raw().send("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npart");
            Await.until("the upload's begin", () -> backend.connections() == 1);
            client.close();
            Await.until("the end of the backend's connection", () -> backend.connections() == 0);
            assertEquals(0, backend.waiting(), "it never saw a whole request");
        }
    }

    @Test
    void a_next_request_that_comes_early_is_not_taken_for_leaving_and_not_lost() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send(GET);
            backend.next();
            client.send("GET /health HTTP/1.1\r\nHo");
            threads.submit(() -> {
                // Long enough for the watch to have read ahead.
                new CountDownLatch(1).await(300, java.util.concurrent.TimeUnit.MILLISECONDS);
                latch.countDown();
                return null;
            });
            assertEquals("{\"held\":true}", client.answer().body());
            client.send("st: x\r\n\r\n");
            assertTrue(client.answer().body().contains("\"service\":\"API Gateway\""));
        } finally {
            latch.countDown();
        }
    }

    @Test
    void a_whole_request_that_comes_early_is_answered_without_more_bytes() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send(GET);
            backend.next();
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            new CountDownLatch(1).await(300, java.util.concurrent.TimeUnit.MILLISECONDS);
            latch.countDown();
            assertEquals("{\"held\":true}", client.answer().body());
            assertTrue(client.answer().body().contains("\"service\":\"API Gateway\""));
        } finally {
            latch.countDown();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a chunk that is none | POST /api/x HTTP/1.1~Host: x~Transfer-Encoding: chunked~~xyz~",
                "a body that ends early | POST /api/x HTTP/1.1~Host: x~Content-Length: 10~~part",
            })
    void a_broken_body_is_the_clients_fault_and_ends_the_call(String what, String request) throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_MORE_CHECKS, backend);
                RawClient client = gateway.raw().send(request.replace("~", "\r\n"))) {
            client.endOutput();
            assertEquals(400, client.answer().status());
            assertEquals("", client.rest(), "the connection is closed: what follows can't be told apart");
            Await.until("the end of the backend's connection", () -> backend.connections() == 0);
            JsonNode service = gateway.json("/services").path("services").path(0);
            assertEquals(0, service.path("failures").asInt());
            assertFalse(service.path("status").asText().equals("unhealthy"));
        }
    }

    /** A backend that sends this and then notes whether its connection ends. */
    private static final class Leaving implements TestBackend.Script {
        final CountDownLatch begun = new CountDownLatch(1);
        final java.util.concurrent.CompletableFuture<Boolean> sawEnd = new java.util.concurrent.CompletableFuture<>();
        private final String[] first;

        Leaving(String... first) {
            this.first = first;
        }

        @Override
        public void answer(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
            for (String text : first) {
                wire.send(text);
            }
            begun.countDown();
            sawEnd.complete(wire.seesEnd());
        }
    }
}
