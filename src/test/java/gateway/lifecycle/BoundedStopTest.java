package gateway.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BoundedStopTest {
    private final CountDownLatch never = new CountDownLatch(1);

    /** A gateway that had lost a selector's thread waited for it after SIGTERM until it was killed. */
    @Test
    void what_does_not_stop_is_left_with_the_place_where_it_stands() {
        IllegalStateException left = assertThrows(
                IllegalStateException.class, () -> BoundedStop.run(this::standStill, Duration.ofMillis(200)));
        assertTrue(
                left.getMessage()
                        .startsWith("it took more than 200ms, at gateway.lifecycle.BoundedStopTest.standStill, line "),
                left.getMessage());
        never.countDown();
    }

    @Test
    void what_stops_is_waited_for_and_its_failure_is_passed_on() {
        AtomicInteger stopped = new AtomicInteger();
        BoundedStop.run(stopped::incrementAndGet, Duration.ofSeconds(20));
        assertEquals(1, stopped.get());
        RuntimeException failure = new RuntimeException("no");
        assertEquals(
                failure,
                assertThrows(
                        RuntimeException.class,
                        () -> BoundedStop.run(
                                () -> {
                                    throw failure;
                                },
                                Duration.ofSeconds(20))));
    }

    private void standStill() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
