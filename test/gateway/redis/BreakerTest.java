package gateway.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.FakeTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final FakeTime time = new FakeTime();
    private final Breaker breaker = new Breaker(time);

    @Test
    void three_failures_in_a_row_open_it_once() {
        time.pass(Duration.ofSeconds(5));
        assertFalse(breaker.failed("a"));
        assertFalse(breaker.failed("b"));
        assertFalse(breaker.isOpen());
        assertTrue(breaker.failed("c"));
        assertFalse(breaker.failed("d"), "it is open already");
        assertEquals(new Breaker.State(false, Instant.parse("2026-01-01T00:00:05Z"), "c"), breaker.state());
    }

    @Test
    void a_success_between_them_begins_the_count_anew() {
        breaker.failed("a");
        breaker.failed("b");
        breaker.succeeded();
        assertFalse(breaker.failed("c"));
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
        assertFalse(breaker.failed("again"), "and takes three to open again");
    }
}
