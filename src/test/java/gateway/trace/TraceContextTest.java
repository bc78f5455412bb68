package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceContextTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final Iterator<Long> bits = List.of(0x0123456789abcdefL, 0x10L, -2L).iterator();

    @Test
    void the_clients_goes_on_as_it_is() {
        TraceContext trace = TraceContext.of(PARENT, bits::next);
        assertEquals(PARENT, trace.parent());
        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", trace.traceId());
        assertFalse(trace.isNew());
    }

    @Test
    void a_later_versions_goes_on_with_what_that_has_more() {
        String later = "01" + PARENT.substring(2) + "-what.comes";
        assertEquals(later, TraceContext.of(later, bits::next).parent());
    }

    @Test
    void without_one_it_is_made_of_random_bits_and_never_all_zeros() {
        TraceContext trace = TraceContext.of(null, bits::next);
        assertEquals("00-0123456789abcdef0000000000000011-ffffffffffffffff-01", trace.parent());
        assertTrue(trace.isNew());
        assertEquals(
                "00-00000000000000000000000000000001-0000000000000001-01",
                TraceContext.of(null, () -> 0).parent());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "empty, ''",
        "words, hello",
        "a version that can't be, ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "capital letters, 00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "a trace of zeros, 00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "a parent of zeros, 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "version 00 with more, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "a later version with more but no dash, 01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "flags that are no number, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "other separators, 00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "too short, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "a later version with a blank, '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-a b'",
    })
    void what_is_malformed_is_made_anew(String what, String sent) {
        assertTrue(TraceContext.of(sent, () -> 42).isNew(), what);
    }
}
