package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.client.TrustedProxies;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which id a request gets. */
class TraceStartTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final TraceContext BEGUN_HERE = new TraceContext(PARENT, true);
    private static final TraceContext FROM_CLIENT = new TraceContext(PARENT, false);

    private final TraceStart start =
            new TraceStart(TestRoutes.finder(), TrustedProxies.NOBODY, () -> 42, new FakeTime());

    @Test
    void without_one_from_the_client_it_is_that_of_the_trace_that_begins_here() {
        assertEquals(TRACE, start.requestId(null, BEGUN_HERE));
    }

    @Test
    void in_a_trace_of_the_clients_which_may_have_many_requests_it_is_made() {
        assertEquals("000000000000002a000000000000002a", start.requestId(null, FROM_CLIENT));
    }

    @Test
    void a_sane_one_is_kept() {
        assertEquals("abc-123_~!", start.requestId("abc-123_~!", BEGUN_HERE));
        assertEquals("x".repeat(128), start.requestId("x".repeat(128), FROM_CLIENT));
    }

    @ParameterizedTest(name = "\"{0}\" is replaced")
    @ValueSource(strings = {"", " ", "a b", "a\tb", "grün", "a\u007f"})
    void what_a_log_would_not_bear_is_replaced(String sent) {
        assertEquals(TRACE, start.requestId(sent, BEGUN_HERE));
        assertEquals(TRACE, start.requestId("x".repeat(129), BEGUN_HERE));
    }
}
