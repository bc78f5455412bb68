package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitDecisionTest {
    @ParameterizedTest(name = "{0} ns are said to be {1} s")
    @CsvSource({"0, 0", "1, 1", "1000000000, 1", "1000000001, 2", "-5, 0"})
    void seconds_round_up(long nanos, long seconds) {
        assertEquals(seconds, new LimitDecision(false, 0, nanos).resetSeconds());
    }
}
