package gateway.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StallsTest {
    private final FakeTime time = new FakeTime(Long.MAX_VALUE - 500_000_000L);
    private final Stalls stalls = new Stalls(time);

    @ParameterizedTest(name = "{0} between two beats is a stall: {1}")
    @CsvSource({"100ms, false", "500ms, false", "899ms, false", "900ms, true", "1s, true", "1h, true"})
    void a_gap_of_most_of_a_second_between_two_beats_is_a_stall(String gap, boolean isOne) {
        stalls.beat();
        long before = time.nanos();
        time.pass(Durations.parse(gap));
        assertEquals(isOne, stalls.endedSince(before), "also before the next beat");
        stalls.beat();
        assertEquals(isOne, stalls.endedSince(before));
        assertFalse(stalls.endedSince(time.nanos()), "what begins after it isn't concerned");
        assertEquals(isOne ? time.nanos() : before, stalls.resumedAt());
    }

    @Test
    void before_the_first_beat_nothing_is_a_stall() {
        time.pass(Duration.ofSeconds(5));
        assertFalse(stalls.endedSince(time.nanos() - 1));
        stalls.beat();
        assertFalse(stalls.endedSince(time.nanos() - 1));
    }

    @Test
    void what_began_before_a_stall_is_concerned_also_later() {
        stalls.beat();
        long before = time.nanos();
        time.pass(Duration.ofSeconds(5));
        stalls.beat();
        long after = time.nanos();
        for (int i = 0; i < 100; i++) {
            time.pass(Stalls.PAUSE);
            stalls.beat();
        }
        assertTrue(stalls.endedSince(before));
        assertFalse(stalls.endedSince(after));
    }
}
