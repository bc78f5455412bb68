package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitDecisionTest {
    @ParameterizedTest(name = "{0} ns are said to be {1} s")
    @CsvSource({"0, 0", "1, 1", "1000000000, 1", "1000000001, 2", "-5, 0"})
    void seconds_round_up(long nanos, long seconds) {
        assertEquals(seconds, new LimitDecision(false, 0, nanos).resetSeconds());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "one that refuses, false, 0, 1, true, 0, 9",
        "the one with fewer remaining, true, 1, 1, true, 2, 9",
        "the one that resets later, true, 1, 9, true, 1, 1",
        "of two that refuse the one that resets later, false, 0, 9, false, 0, 1",
        "the first of two that are alike, true, 1, 1, true, 1, 1",
    })
    void the_tighter_of_two_is(
            String what, boolean allowed, int remaining, long reset, boolean allowed2, int remaining2, long reset2) {
        LimitDecision tighter = new LimitDecision(allowed, remaining, reset, 0, 0, 1);
        LimitDecision other = new LimitDecision(allowed2, remaining2, reset2, 0, 0, 2);
        assertSame(tighter, tighter.tighter(other));
        if (!what.startsWith("the first")) {
            assertSame(tighter, other.tighter(tighter));
        }
    }
}
