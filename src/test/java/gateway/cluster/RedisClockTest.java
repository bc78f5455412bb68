package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RedisClockTest {
    private static final long MS = 1_000_000;

    private final RedisClock clock = new RedisClock();

    @Test
    void it_is_not_known_before_the_first_answer() {
        assertEquals(0, clock.millis(5 * MS));
    }

    @Test
    void it_goes_on_from_an_answer() {
        clock.heard(1000, -7 * MS);
        assertEquals(1000, clock.millis(-7 * MS));
        assertEquals(1250, clock.millis(243 * MS));
    }

    @Test
    void a_slow_answer_is_believed_less_than_a_fast_one_before() {
        clock.heard(1000, 0);
        clock.heard(1250, 290 * MS);
        assertEquals(1289, clock.millis(290 * MS));
        clock.heard(1501, 500 * MS);
        assertEquals(1501, clock.millis(500 * MS));
    }

    @Test
    void it_is_never_behind_the_latest_answer() {
        clock.heard(1000, 0);
        clock.heard(90_000, 250 * MS);
        assertEquals(90_000, clock.millis(250 * MS));
    }

    @Test
    void a_clock_that_was_set_back_is_believed() {
        clock.heard(90_000, 0);
        clock.heard(1250, 250 * MS);
        assertEquals(1250, clock.millis(250 * MS));
    }
}
