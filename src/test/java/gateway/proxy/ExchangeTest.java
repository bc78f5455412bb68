package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final FakeTime time = new FakeTime();
    private long resumedAt = time.nanos() - nanos(3_600_000);
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final TestClient client = new TestClient();
    private final Exchange exchange = new Exchange(null, client, null, nanos(1000), time, answers::incrementAndGet);

    @Test
    void a_cancelled_one_closes_its_connection_once() {
        exchange.cancelledBy(closed::incrementAndGet);
        exchange.run(); // the client leaves
        letPass(5000);
        assertEquals(1, closed.get());
        assertTrue(exchange.isClientGone());
        assertFalse(exchange.isTimedOut());
    }

    @Test
    void one_that_was_cancelled_before_there_was_a_connection_closes_it_then() {
        letPass(1001);
        exchange.cancelledBy(closed::incrementAndGet);
        assertEquals(1, closed.get());
        assertTrue(exchange.isTimedOut());
    }

    // When 512 clients left at once, one or two of the next POSTs were a 502: their connection had been closed on
    // behalf
    // of a client that left just when its answer ended, before or after the connection went to them.
    @Test
    void one_that_is_over_closes_nothing() {
        exchange.cancelledBy(closed::incrementAndGet);
        assertTrue(exchange.end());
        exchange.run();
        exchange.breakOff();
        assertEquals(0, closed.get());
    }

    @Test
    void one_that_was_cancelled_as_it_ended_says_that_its_connection_is_gone() {
        exchange.cancelledBy(closed::incrementAndGet);
        exchange.run();
        assertFalse(exchange.end());
    }

    @Test
    void a_backend_may_be_silent_for_its_time_while_the_exchange_waits_for_it() {
        exchange.cancelledBy(closed::incrementAndGet);
        letPass(999);
        exchange.waitForBackend();
        letPass(999);
        exchange.waitForClient(nanos(60_000));
        letPass(2000);
        assertEquals(0, closed.get(), "it doesn't wait for the backend");
        exchange.waitForBackend();
        letPass(1001);
        assertEquals(1, closed.get());
        assertTrue(exchange.isTimedOut());
    }

    @Test
    void a_client_misses_its_deadline_while_the_exchange_waits_for_it() {
        exchange.waitForClient(nanos(500));
        letPass(499);
        assertEquals(List.of(), client.missed);
        letPass(2);
        letPass(50);
        assertEquals(List.of(true, false), client.missed, "as long as it waits");
        exchange.waitForBackend();
        letPass(999);
        assertEquals(2, client.missed.size(), "it doesn't wait for the client");
        assertNull(exchange.clientFailure());
    }

    // A backend can't answer what it hasn't got yet.
    @Test
    void a_backend_may_be_silent_while_the_client_is_slow_to_send() {
        exchange.cancelledBy(closed::incrementAndGet);
        exchange.waitForBackend();
        exchange.waitForBody(nanos(60_000));
        letPass(59_000);
        assertEquals(0, closed.get());
        exchange.bodyArrived();
        letPass(999);
        assertEquals(0, closed.get(), "its time begins with what was sent last");
        letPass(2);
        assertTrue(exchange.isTimedOut());
    }

    @Test
    void a_body_stalls_when_nothing_of_it_comes_for_its_time() {
        exchange.waitForBody(nanos(500));
        letPass(499);
        assertEquals(List.of(), client.missed);
        letPass(2);
        assertEquals(List.of(true), client.missed);
        exchange.bodyArrived();
        letPass(900);
        assertEquals(1, client.missed.size());
    }

    // The two sides talk: the client may wait for more of the answer before it sends more.
    @Test
    void what_comes_of_the_answer_restarts_the_wait_for_the_body() {
        time.pass(Duration.ofMillis(10));
        exchange.waitForBody(nanos(500));
        exchange.waitForBackend();
        exchange.waitForAnswersBody(time.nanos());
        for (int i = 0; i < 10; i++) {
            letPass(400);
            exchange.waitForBackend();
        }
        assertEquals(List.of(), client.missed);
        letPass(501);
        assertEquals(List.of(true), client.missed);
        assertEquals(0, closed.get(), "the backend may be silent meanwhile");
    }

    // Its answer may have come while the gateway couldn't read it: stopped by a signal, or its machine was paused.
    @Test
    void a_backend_has_its_whole_time_again_after_the_gateway_stood_still() {
        exchange.cancelledBy(closed::incrementAndGet);
        time.pass(Duration.ofSeconds(60));
        resumedAt = time.nanos();
        letPass(0);
        letPass(999);
        assertEquals(0, closed.get());
        letPass(2);
        assertTrue(exchange.isTimedOut());
    }

    @Test
    void a_client_has_another_second_after_the_gateway_stood_still() {
        exchange.waitForClient(nanos(500));
        time.pass(Duration.ofSeconds(60));
        resumedAt = time.nanos();
        letPass(0);
        letPass(999);
        assertEquals(List.of(), client.missed);
        letPass(2);
        assertEquals(List.of(true), client.missed);
    }

    // The connection may have the client's next request on it, which isn't late.
    @Test
    void nothing_fails_when_it_is_over() {
        exchange.waitForClient(nanos(500));
        exchange.end();
        letPass(5000);
        assertEquals(List.of(), client.missed);
    }

    @Test
    void one_that_ends_without_an_answer_says_so_to_who_waits_for_one() {
        exchange.end();
        assertEquals(1, answers.get());
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private void letPass(long millis) {
        time.pass(Duration.ofMillis(millis));
        exchange.checkDeadlines(time.nanos(), resumedAt);
    }

    private static final class TestClient implements Exchange.Client {
        private final List<Boolean> missed = new ArrayList<>();

        @Override
        public void missedDeadline(boolean firstTime) {
            missed.add(firstTime);
        }
    }
}
