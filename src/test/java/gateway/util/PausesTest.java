package gateway.util;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PausesTest {
    private final Pauses pauses = new Pauses();

    @ParameterizedTest(name = "{0} ms")
    @ValueSource(longs = {-1, 0, 20})
    void a_pause_lasts_as_long_as_it_is_to(long millis) throws Exception {
        long begun = System.nanoTime();
        assertTrue(pauses.pause(Duration.ofMillis(millis)));
        assertTrue(System.nanoTime() - begun >= millis * 1_000_000);
    }

    @Test
    void closing_ends_the_pause_under_way() throws Exception {
        FutureTask<Boolean> passed = new FutureTask<>(() -> pauses.pause(Duration.ofHours(1)));
        Thread thread = new Thread(passed);
        thread.start();
        Await.until("the pause", () -> thread.getState() == Thread.State.TIMED_WAITING);
        pauses.close();
        assertFalse(passed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void once_closed_no_pause_begins() throws Exception {
        pauses.close();
        assertFalse(pauses.pause(Duration.ofHours(1)));
        assertFalse(pauses.pause(Duration.ZERO));
    }
}
