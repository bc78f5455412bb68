package gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenTest {
    @ParameterizedTest
    @CsvSource({
        "GET, true",
        "M-SEARCH, true",
        "get, true",
        "'', false",
        "G T, false",
        "GET /services HTTP/1.1, false",
        "GET/, false",
        "GÉT, false",
    })
    void a_method_is_a_token(String method, boolean right) {
        assertEquals(right, Token.is(method));
    }
}
