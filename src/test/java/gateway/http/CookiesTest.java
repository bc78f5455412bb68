package gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CookiesTest {
    @ParameterizedTest(name = "of \"{0}\" \"{2}\" is left")
    @CsvSource({
        "g=1, 1, ''",
        "a=1; g=2; b=3, 2, a=1; b=3",
        "g=1; a=2, 1, a=2",
        "a=2; g=1, 1, a=2",
        "a=2;g=1;b=3, 1, a=2;b=3",
        "g=1; a=2; g=3, 1|3, a=2",
        "a=1; b=2, '', a=1; b=2",
        "gg=1; g2=2; xg=3; a=g, '', gg=1; g2=2; xg=3; a=g",
        "g = 1 ; a=2, 1, a=2",
        "g=a=b; c=d, a=b, c=d",
        "g=, '', ''",
        "g; =g; a=1, '', g; =g; a=1",
        "a=1;; g=2;, 2, a=1;;",
        "'a=\"x; g=1\"', '1\"', 'a=\"x'" // quotes mean nothing in a Cookie header (RFC 6265, 4.2.1)
    })
    void a_cookie_is_found_and_taken_out_and_the_rest_stays_byte_for_byte(String line, String values, String left) {
        List<String> found = Cookies.values(List.of(line), "g");
        assertEquals(values, String.join("|", found));
        assertEquals(left, Cookies.without(line, "g"));
    }

    @Test
    void all_lines_count() {
        assertEquals(List.of("1", "2"), Cookies.values(List.of("g=1; a=0", "a=0", "g=2"), "g"));
    }
}
