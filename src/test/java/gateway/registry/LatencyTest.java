package gateway.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private final Latency latency = new Latency();

    private void record(int from, int to) {
        for (int millis = from; millis <= to; millis++) {
            latency.record(TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    private void tick(int times) {
        for (int i = 0; i < times; i++) {
            latency.tick();
        }
    }

    private Latency.Percentiles lastStep() {
        LatencySum sum = new LatencySum();
        latency.addLastStepTo(sum);
        return sum.percentiles();
    }

    @Test
    void before_the_first_value_nothing_is_known() {
        latency.tick();
        assertTrue(Double.isNaN(latency.window().p50()));
        assertTrue(Double.isNaN(lastStep().p99()));
    }

    @Test
    void percentiles_are_right_to_two_digits() {
        record(1, 100);
        latency.tick();
        assertEquals(50, latency.window().p50(), 0.5);
        assertEquals(99, latency.window().p99(), 1);
        assertEquals(latency.window(), lastStep());
    }

    @Test
    void a_step_forgets_at_once_and_the_window_after_ten_to_twenty() {
        record(100, 100);
        latency.tick();
        record(1, 1);
        latency.tick();
        assertEquals(1, lastStep().p99(), 0.01);
        assertEquals(100, latency.window().p99(), 1);
        latency.tick();
        assertTrue(Double.isNaN(lastStep().p50()));
        tick(7);
        assertEquals(100, latency.window().p99(), 1, "after 10 steps");
        tick(10);
        assertTrue(Double.isNaN(latency.window().p50()), "after 20 steps");
    }

    @Test
    void what_is_out_of_range_counts_as_the_nearest_that_is_in_it() {
        latency.record(-1);
        latency.record(TimeUnit.HOURS.toNanos(1));
        latency.tick();
        assertEquals(0, latency.window().p50(), 0.01);
        assertEquals(60_000, latency.window().p99(), 600);
    }

    /** The mean of the steps' medians would be 50.5 ms, as if half of the requests were slow. */
    @Test
    void percentiles_of_several_steps_are_those_of_all_their_values() {
        LatencySum sum = new LatencySum();
        for (int i = 0; i < 99; i++) {
            record(1, 1);
        }
        latency.tick();
        latency.addLastStepTo(sum);
        record(100, 100);
        latency.tick();
        latency.addLastStepTo(sum);
        assertEquals(1, sum.percentiles().p50(), 0.01);
        assertEquals(1, sum.percentiles().p99(), 0.01);
        record(100, 100);
        latency.tick();
        latency.addLastStepTo(sum);
        assertEquals(100, sum.percentiles().p99(), 1);
        latency.tick();
        latency.addLastStepTo(sum);
        assertEquals(100, sum.percentiles().p99(), 1, "a step without values changes nothing");
        sum.clear();
        assertTrue(Double.isNaN(sum.percentiles().p50()));
    }
}
