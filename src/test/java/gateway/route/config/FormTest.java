package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a word without quotes may be taken for, by any reader of YAML. */
class FormTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\", NOTHING",
                "~, NOTHING",
                "null, NOTHING",
                "Null, NOTHING",
                "nil, TEXT",
                "true, BOOLEAN",
                "FALSE, BOOLEAN",
                "truer, TEXT",
                "y, WORD",
                "No, WORD",
                "on, WORD",
                "OFF, WORD",
                "none, TEXT",
                "0, INTEGER",
                "7, INTEGER",
                "-7, INTEGER",
                "200, INTEGER",
                "999999999999999999, INTEGER",
                "9999999999999999999, NUMBER",
                "+7, NUMBER",
                "-0, NUMBER",
                "00, NUMBER",
                "010, NUMBER",
                "08, NUMBER",
                "0o10, NUMBER",
                "0x1F, NUMBER",
                "-0xf_f, NUMBER",
                "0b11, NUMBER",
                "0x, TEXT",
                "1_000, NUMBER",
                "1__0, NUMBER",
                "1., NUMBER",
                ".5, NUMBER",
                "-.5e3, NUMBER",
                "1.10, NUMBER",
                "1e3, NUMBER",
                "1.5E-3, NUMBER",
                "1:30, NUMBER",
                "190:20:30.5, NUMBER",
                "1:300, TEXT",
                ".inf, NUMBER",
                "-.Inf, NUMBER",
                ".NaN, NUMBER",
                "inf, TEXT",
                "2026-01-01, NUMBER",
                "2026-1-1 10:00:00 +1, NUMBER",
                "2026-01-01T10:00:00Z, NUMBER",
                "2026-01, TEXT",
                "200-399, TEXT",
                "5s, TEXT",
                "50MB, TEXT",
                "5/60s, TEXT",
                "10.0.0.1, TEXT",
                "1.2.3, TEXT",
                "-, TEXT",
                "., TEXT",
                "/shop, TEXT",
                "http://10.0.0.5:9001, TEXT",
                "=, TEXT",
                "<<, TEXT",
            })
    void a_word_is_of_one_form(String text, Form form) {
        assertEquals(form, Form.of(text));
    }
}
