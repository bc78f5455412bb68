package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private static final String NEW = "000000000000002a000000000000002a";

    private final RequestIds ids = new RequestIds(() -> 42);

    @Test
    void without_one_from_the_client_it_is_made() {
        assertEquals(NEW, ids.of(null));
    }

    @Test
    void a_sane_one_is_kept() {
        assertEquals("abc-123_~!", ids.of("abc-123_~!"));
        assertEquals("x".repeat(128), ids.of("x".repeat(128)));
    }

    @ParameterizedTest(name = "\"{0}\" is replaced")
    @ValueSource(strings = {"", " ", "a b", "a\tb", "grün", "a\u007f"})
    void what_a_log_would_not_bear_is_replaced(String sent) {
        assertEquals(NEW, ids.of(sent));
        assertEquals(NEW, ids.of("x".repeat(129)));
    }
}
