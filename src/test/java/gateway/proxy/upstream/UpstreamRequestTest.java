package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UpstreamRequestTest {
    private final UpstreamRequest request = new UpstreamRequest("GET", "/", null, 0);

    @Test
    void bytes_of_utf8_survive_both_ways() {
        String asJettyReads = new String("grün €".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        request.add("X-Word", asJettyReads);
        request.add("X-Plain", "plain");
        assertEquals("grün €", request.headers().get("X-Word"));
        assertEquals("plain", request.headers().get("X-Plain"));
        assertEquals(asJettyReads, UpstreamAnswer.utf8AsBytes("grün €"));
    }

    @Test
    void its_framing_is_said_anew() {
        assertEquals("5", new UpstreamRequest("POST", "/", null, 5).headers().get("Content-Length"));
        assertEquals("0", new UpstreamRequest("POST", "/", null, 0).headers().get("Content-Length"));
        assertEquals(
                "chunked", new UpstreamRequest("POST", "/", null, -1).headers().get("Transfer-Encoding"));
        assertEquals(0, new UpstreamRequest("DELETE", "/", null, 0).headers().size());
    }

    // By HTTP/2 a name can have what a line of HTTP/1.1 can't.
    @Test
    void a_name_that_could_end_its_line_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> request.add("X-A: b\r\nX-B", "c"));
        assertThrows(IllegalArgumentException.class, () -> request.add("X A", "c"));
    }
}
