package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.server.ClientSide;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Exchange attempt = new Exchange(
            null,
            new Exchange.Asked() {
                @Override
                public ClientSide client() {
                    return null;
                }

                @Override
                public void isLate() {
                    failed.incrementAndGet();
                }
            },
            0);

    @Test
    void a_cancelled_one_closes_its_connection_once() {
        attempt.cancelledBy(closed::incrementAndGet);
        attempt.cancel(Exchange.Cancelled.CLIENT_GONE);
        attempt.cancel(Exchange.Cancelled.TIMED_OUT);
        assertEquals(1, closed.get());
        assertTrue(attempt.isClientGone());
    }

    @Test
    void one_that_was_cancelled_before_there_was_a_connection_closes_it_then() {
        attempt.cancel(Exchange.Cancelled.TIMED_OUT);
        attempt.cancelledBy(closed::incrementAndGet);
        assertEquals(1, closed.get());
        assertTrue(attempt.isTimedOut());
    }

    // When 512 clients left at once, one or two of the next POSTs were a 502: their connection had been closed on
    // behalf
    // of a client that left just when its answer ended, before or after the connection went to them.
    @Test
    void one_that_is_over_closes_nothing() {
        attempt.cancelledBy(closed::incrementAndGet);
        assertTrue(attempt.ended());
        attempt.cancel(Exchange.Cancelled.CLIENT_GONE);
        attempt.breakOff();
        assertEquals(0, closed.get());
    }

    @Test
    void one_that_was_cancelled_as_it_ended_says_that_its_connection_is_gone() {
        attempt.cancelledBy(closed::incrementAndGet);
        attempt.cancel(Exchange.Cancelled.CLIENT_GONE);
        assertFalse(attempt.ended());
    }

    @Test
    void a_client_is_late_once_its_time_is_over_and_it_is_its_turn() {
        attempt.waitForClient(1_000, 500);
        assertFalse(attempt.isClientLate(1_400));
        assertTrue(attempt.isClientLate(1_600));
        attempt.waitForBackend(1_600);
        assertFalse(attempt.isClientLate(9_000));
        assertTrue(attempt.isSilentFor(500, 9_000));
        attempt.waitForClient(9_000, 500);
        assertFalse(attempt.isSilentFor(500, 99_000), "it isn't the backend's turn");
        attempt.clientIsLate();
        assertEquals(1, failed.get());
    }

    // The connection may have the client's next request on it, which isn't late.
    @Test
    void nothing_fails_when_it_is_over() {
        attempt.waitForClient(0, 500);
        attempt.ended();
        attempt.clientIsLate();
        assertEquals(0, failed.get());
    }
}
