package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final FakeTime time = new FakeTime();
    private final Breaker breaker = new Breaker(time);

    @Test
    void three_failures_in_a_row_open_it_once() {
        time.pass(Duration.ofSeconds(5));
        assertFalse(breaker.failed(time.nanos(), "a"));
        assertFalse(breaker.failed(time.nanos(), "b"));
        assertFalse(breaker.isOpen());
        assertTrue(breaker.failed(time.nanos(), "c"));
        assertFalse(breaker.failed(time.nanos(), "d"), "it is open already");
        assertEquals(new Breaker.State(false, Instant.parse("2026-01-01T00:00:05Z"), "c"), breaker.state());
    }

    @Test
    void those_that_waited_at_the_same_time_count_as_one() {
        for (int event = 1; event <= 3; event++) {
            long asked = time.nanos();
            time.pass(Duration.ofMillis(50));
            assertEquals(event == 3, breaker.failed(asked, "silent"), "event " + event);
            for (int i = 0; i < 20; i++) {
                time.pass(Duration.ofNanos(1));
                assertFalse(breaker.failed(asked + i, "silent"));
            }
            assertEquals(event == 3, breaker.isOpen(), "event " + event);
        }
    }

    @Test
    void a_success_between_them_begins_the_count_anew() {
        breaker.failed(time.nanos(), "a");
        breaker.failed(time.nanos(), "b");
        breaker.succeeded();
        assertFalse(breaker.failed(time.nanos(), "c"));
        assertFalse(breaker.isOpen());
    }

    @Test
    void only_a_probe_closes_it() {
        breaker.open("down");
        breaker.succeeded(); // of a decision that was under way
        assertTrue(breaker.isOpen());
        time.pass(Duration.ofSeconds(1));
        assertTrue(breaker.close());
        assertFalse(breaker.close());
        assertEquals(new Breaker.State(true, Instant.parse("2026-01-01T00:00:01Z"), ""), breaker.state());
        assertFalse(breaker.failed(time.nanos(), "again"), "and takes three to open again");
    }
}
