package gateway.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest(name = "{0} is {1} ms and is written {2}")
    @CsvSource({
        "500ms, 500, 500ms",
        "0s, 0, 0ms",
        "2s, 2000, 2s",
        "2000ms, 2000, 2s",
        "90s, 90000, 90s",
        "60s, 60000, 60s",
        "120s, 120000, 2m",
        "1m, 60000, 60s",
        "3h, 10800000, 3h",
        "1h, 3600000, 1h",
    })
    void durations_are_read_and_written(String text, long millis, String written) {
        Duration duration = Durations.parse(text);
        assertEquals(millis, duration.toMillis());
        assertEquals(written, Durations.text(duration));
    }

    @ParameterizedTest(name = "\"{0}\" is no duration")
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "1 s", "1d", "5S", "99999999999s"})
    void what_has_no_number_or_no_unit_is_refused(String text) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
        assertEquals("expected a whole number and a unit, like 500ms, 2s, 5m or 1h", refused.getMessage());
    }

    @Test
    void a_range_holds_at_both_ends() {
        Duration least = Duration.ofSeconds(1);
        Duration most = Duration.ofSeconds(3);
        assertEquals(least, Durations.parse("1s", least, most));
        assertEquals(most, Durations.parse("3s", least, most));
        Exception refused = assertThrows(IllegalArgumentException.class, () -> Durations.parse("999ms", least, most));
        assertEquals("expected a duration from 1s to 3s", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Durations.parse("4s", least, most));
    }
}
