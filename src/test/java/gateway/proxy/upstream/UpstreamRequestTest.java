package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.net.ServiceUrl;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UpstreamRequestTest {
    private static final BackendUrl BACKEND = new BackendUrl(ServiceUrl.parse("http://localhost:8001/base"));

    private static String text(UpstreamRequest request) {
        return new String(request.head(BACKEND), StandardCharsets.ISO_8859_1);
    }

    @Test
    void its_head_is_what_the_client_sent_below_the_backends_path() {
        UpstreamRequest request = new UpstreamRequest("GET", "/a%2Fb/../%zz;v=1|{}", "x=%zz&y='\"<>[]+ ", 0);
        request.add("Accept", "*/*");
        assertEquals(
                "GET /base/a%2Fb/../%zz;v=1|{}?x=%zz&y='\"<>[]+  HTTP/1.1\r\nHost: localhost:8001\r\nAccept: */*\r\n\r\n",
                text(request));
    }

    @Test
    void an_empty_query_keeps_its_question_mark() {
        assertEquals(
                "GET /base/? HTTP/1.1\r\nHost: localhost:8001\r\n\r\n", text(new UpstreamRequest("GET", "/", "", 0)));
    }

    @Test
    void a_host_of_the_clients_comes_first_instead_of_the_backends_but_not_at_a_site() {
        String shop = "GET /base/ HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n";
        for (boolean exceptSites : new boolean[] {true, false}) {
            UpstreamRequest request = new UpstreamRequest("GET", "/", null, 0, "shop.example", exceptSites);
            request.add("Accept", "*/*");
            assertEquals(shop, text(request));
            String site = new String(
                    request.head(new BackendUrl(ServiceUrl.parse("https://site.example/base"))),
                    StandardCharsets.ISO_8859_1);
            assertEquals(exceptSites ? shop.replace("shop", "site") : shop, site);
        }
        assertThrows(
                IllegalArgumentException.class, () -> new UpstreamRequest("GET", "/", null, 0, "a\r\nX-B: c", false));
    }

    // A value is opaque: neither ISO 8859-1, nor UTF-8 that is cut in the middle, nor a stray byte becomes U+FFFD.
    @Test
    void each_byte_of_a_value_stays_that_byte() {
        byte[] value = {'a', (byte) 0xE9, (byte) 0xFF, (byte) 0xC3, (byte) 0x80, 'z'};
        UpstreamRequest request = new UpstreamRequest("GET", "/", null, 0);
        request.add("X-Bytes", new String(value, StandardCharsets.ISO_8859_1));
        byte[] head = request.head(BACKEND);
        int at = new String(head, StandardCharsets.ISO_8859_1).indexOf("X-Bytes: ") + "X-Bytes: ".length();
        assertArrayEquals(value, Arrays.copyOfRange(head, at, at + value.length));
    }

    @Test
    void its_framing_is_said_anew() {
        String start = " /base/ HTTP/1.1\r\nHost: localhost:8001\r\n";
        assertEquals("POST" + start + "Content-Length: 5\r\n\r\n", text(new UpstreamRequest("POST", "/", null, 5)));
        assertEquals("POST" + start + "Content-Length: 0\r\n\r\n", text(new UpstreamRequest("POST", "/", null, 0)));
        assertEquals(
                "POST" + start + "Transfer-Encoding: chunked\r\n\r\n",
                text(new UpstreamRequest("POST", "/", null, -1)));
        assertEquals("GET" + start + "Content-Length: 5\r\n\r\n", text(new UpstreamRequest("GET", "/", null, 5)));
        assertEquals("DELETE" + start + "\r\n", text(new UpstreamRequest("DELETE", "/", null, 0)));
    }

    // By HTTP/2 a name or a value can have what a line of HTTP/1.1 can't.
    @Test
    void what_could_end_its_line_is_refused() {
        UpstreamRequest request = new UpstreamRequest("GET", "/", null, 0);
        assertThrows(IllegalArgumentException.class, () -> request.add("X-A: b\r\nX-B", "c"));
        assertThrows(IllegalArgumentException.class, () -> request.add("X A", "c"));
        assertThrows(IllegalArgumentException.class, () -> request.add("X-A", "b\r\nX-B: c"));
        assertThrows(IllegalArgumentException.class, () -> request.add("X-A", "b\nX-B: c"));
        assertThrows(IllegalArgumentException.class, () -> request.add("X-A", "b\0"));
    }
}
