package gateway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultInjectionTest {
    private final List<Duration> pauses = new ArrayList<>();

    @ParameterizedTest(name = "random {0}")
    @CsvSource({"0, 20", "0.25, 30", "0.5, 40", "0.75, 50"})
    void an_answer_is_late_by_half_to_one_and_a_half_of_the_latency(double random, long millis) {
        new FaultInjection(Duration.ofMillis(40), 0, () -> random, pauses::add).strikes("/data");
        assertEquals(List.of(Duration.ofMillis(millis)), pauses);
    }

    @Test
    void the_share_of_errors_is_what_was_set() {
        SplittableRandom random = new SplittableRandom(1);
        FaultInjection faults = new FaultInjection(Duration.ZERO, 0.2, random::nextDouble, pauses::add);
        int errors = 0;
        for (int i = 0; i < 10_000; i++) {
            errors += faults.strikes("/data") ? 1 : 0;
        }
        assertTrue(errors > 1_900 && errors < 2_100, "" + errors);
        assertEquals(List.of(), pauses);
    }

    @Test
    void all_may_fail_and_none_may() {
        assertTrue(new FaultInjection(Duration.ZERO, 1, () -> Math.nextDown(1.0), pauses::add).strikes("/data"));
        assertFalse(new FaultInjection(Duration.ZERO, 0, () -> 0, pauses::add).strikes("/data"));
        assertFalse(FaultInjection.none().strikes("/data"));
    }

    @Test
    void whoever_is_interrupted_in_the_delay_answers_at_once_and_stays_interrupted() {
        FaultInjection faults = new FaultInjection(Duration.ofMinutes(1), 1, () -> 0, time -> {
            throw new InterruptedException();
        });
        assertTrue(faults.strikes("/data"));
        assertTrue(Thread.interrupted());
    }

    @Test
    void health_is_spared() {
        FaultInjection faults = new FaultInjection(Duration.ofMinutes(1), 1, () -> 0, pause -> fail("paused"));
        assertFalse(faults.strikes("/health"));
    }
}
