package gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProxyStatusTest {
    @Test
    void it_names_the_gateway_the_error_whom_it_asked_and_what_happened() {
        assertEquals(
                "api-gateway; error=connection_refused; next-hop=\"service-a\"; details=\"connection refused\"",
                new ProxyStatus(ProxyError.CONNECTION_REFUSED, "service-a", "connection refused").value());
    }

    @Test
    void what_is_not_known_is_left_out() {
        assertEquals(
                "api-gateway; error=destination_unavailable",
                new ProxyStatus(ProxyError.DESTINATION_UNAVAILABLE, null, null).value());
    }

    @Test
    void what_a_backend_sent_can_end_neither_the_string_nor_the_header() {
        assertEquals(
                "api-gateway; details=\"a \\\"b\\\" \\\\ c??d?\"",
                new ProxyStatus(null, null, "a \"b\" \\ c\r\ndü").value());
        assertTrue(new ProxyStatus(null, null, "\"".repeat(10_000)).value().length() < 600);
    }
}
