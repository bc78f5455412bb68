package gateway.util;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerTest {
    private static final Duration PAUSE = Duration.ofMillis(1);

    /** To forget idle clients took most of a second with five million of them; meanwhile no timeout was noticed. */
    @Test
    void short_steps_go_on_while_housekeeping_takes_long() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch steps = new CountDownLatch(3);
        try (Timer timer = new Timer()) {
            timer.housekeeping(PAUSE, "long", () -> {
                begun.countDown();
                await(end);
            });
            assertTrue(begun.await(30, TimeUnit.SECONDS));
            timer.every(PAUSE, "short", steps::countDown);
            assertTrue(steps.await(30, TimeUnit.SECONDS), "no short step ran beside the long one");
            end.countDown();
        }
    }

    @Test
    void a_step_that_throws_even_an_error_runs_again() throws Exception {
        CountDownLatch runs = new CountDownLatch(2);
        try (Timer timer = new Timer()) {
            timer.every(PAUSE, "failing", () -> {
                runs.countDown();
                throw new OutOfMemoryError("of a test");
            });
            assertTrue(runs.await(30, TimeUnit.SECONDS));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) { // the timer is closed
            Thread.currentThread().interrupt();
        }
    }
}
