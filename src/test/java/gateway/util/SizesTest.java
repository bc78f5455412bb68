package gateway.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sizes are read. */
class SizesTest {
    @ParameterizedTest(name = "{0} is {1} bytes")
    @CsvSource({
        "0, 0",
        "512, 512",
        "512 B, 512",
        "32kb, 32768",
        "10MB, 10485760",
        "1GB, 1073741824",
        "999999999999, 999999999999",
        "8589934591GB, 9223372035781033984"
    })
    void a_size_is_a_whole_number_and_perhaps_a_unit(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text, 0, Long.MAX_VALUE));
    }

    @ParameterizedTest(name = "{0} from {1} to {2}")
    @CsvSource({"1025B, 0, 1024", "1KB, 1025, 4096", "2KB, 0, 2047", "-1, 0, 1024", "1TB, 0, 1024", "'', 0, 1024"})
    void what_is_no_size_or_out_of_bounds_is_refused(String text, long min, long max) {
        assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text, min, max));
    }

    /**
     * The bytes were counted in a long that overflowed. So 17179869184GB was 0, which means no body at all, and one more
     * was 1 GB: someone who wanted no bound to speak of got one that refuses what should pass.
     */
    @ParameterizedTest
    @ValueSource(strings = {"8589934592GB", "17179869184GB", "17179869185GB", "999999999999GB"})
    void a_size_beyond_what_a_long_can_count_is_too_large_rather_than_small(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text, 0, 1L << 40));
        assertTrue(refused.getMessage().endsWith("from 0 bytes to 1024 GB"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text, 0, Long.MAX_VALUE));
    }

    @Test
    void a_setting_with_such_a_size_is_refused_with_its_value_and_what_to_write_instead() {
        InvalidSettings refused =
                assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_MAX_BODY", "17179869185GB")));
        assertTrue(
                refused.getMessage()
                        .contains("GATEWAY_MAX_BODY=17179869185GB: expected a whole number with B, KB, MB or GB,"
                                + " from 0B to 1024GB, like 10MB"),
                refused.getMessage());
    }
}
