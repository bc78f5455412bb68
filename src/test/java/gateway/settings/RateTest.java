package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "5/60s, 5 req/min",
        "5/1m, 5 req/min",
        "10/1s, 10 req/s",
        "100/1h, 100 req/h",
        "7/30s, 7 req/30s",
        "1/500ms, 1 req/500ms",
    })
    void rates_are_said_as_people_say_them(String text, String words) {
        assertEquals(words, Rate.parse(text).words());
    }

    @ParameterizedTest(name = "\"{0}\" is no rate")
    @ValueSource(
            strings = {
                "",
                "5",
                "/60s",
                "5/",
                "0/60s",
                "-1/60s",
                "five/60s",
                "5/60",
                "5/60s/2",
                "5/1ms",
                "5/25h",
                "1000001/1s"
            })
    void what_is_no_rate_is_refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Rate.parse(text));
    }
}
