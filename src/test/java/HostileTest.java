import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.TestBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bytes meant to be read differently by the gateway and a backend. Each row is refused with a 4xx or 5xx of the
 * gateway's own, or passed on in a form that can be read in one way only: never does a backend see a request inside
 * another, and the connection of a refused message whose end is unclear is closed.
 */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class HostileTest {
    /** Sent behind each message: if a backend sees it after a refusal, the end of the message was misread. */
    private static final String SMUGGLED = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    private static TestBackend backend;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        backend = TestBackend.named("a");
        gateway = TestGateway.inFrontOf(backend);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        backend.close();
    }

    /** All that comes back within a short time or until the end. */
    private static String exchange(int port, byte[] bytes, int patienceMillis) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(patienceMillis);
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    answer.write(next);
                }
            } catch (SocketTimeoutException e) {
                answer.write("<still open>".getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // reset: the end as well
            }
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static String unescaped(String text) {
        return text.replace("~", "\r\n")
                .replace("<LF>", "\n")
                .replace("<CR>", "\r")
                .replace("<NUL>", "\0")
                .replace("<TAB>", "\t")
                .replace("<VT>", "\u000b");
    }

    private static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "length and chunks | Content-Length: 6~Transfer-Encoding: chunked~~0~~",
                "chunks and length | Transfer-Encoding: chunked~Content-Length: 6~~0~~",
                "an unknown coding | Transfer-Encoding: xchunked~~0~~",
                "chunks not last | Transfer-Encoding: chunked, identity~~0~~",
                "chunks twice | Transfer-Encoding: chunked,chunked~~0~~",
                "chunks in quotes | Transfer-Encoding: \"chunked\"~~0~~",
                "chunks with a parameter | Transfer-Encoding: chunked;x~~0~~",
                "identity | Transfer-Encoding: identity~~0~~",
                "an empty coding | Transfer-Encoding:~~0~~",
                "another coding first | Transfer-Encoding: gzip, chunked~~0~~",
                "two codings apart | Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~",
                "space before the colon | Transfer-Encoding : chunked~~0~~",
                "a folded coding | Transfer-Encoding:~ chunked~~0~~",
                "a length with a sign | Content-Length: +5~~hello",
                "a negative length | Content-Length: -1~~hello",
                "two lengths in one | Content-Length: 5, 5~~hello",
                "two lengths | Content-Length: 5~Content-Length: 6~~hello",
                "the same length twice | Content-Length: 5~Content-Length: 5~~hello",
                "a length in hex | Content-Length: 0x5~~hello",
                "a length with a point | Content-Length: 5.0~~hello",
                "a length beyond a long | Content-Length: 99999999999999999999~~hello",
                "an empty length | Content-Length:~~hello",
                "a length and a vertical tab | Content-Length: 5<VT>~~hello",
                "a chunk size with a space | Transfer-Encoding: chunked~~5 ~hello~0~~",
                "a chunk size with a sign | Transfer-Encoding: chunked~~+5~hello~0~~",
                "a negative chunk size | Transfer-Encoding: chunked~~-5~hello~0~~",
                "a chunk size in 0x | Transfer-Encoding: chunked~~0x5~hello~0~~",
                "a chunk size beyond all | Transfer-Encoding: chunked~~FFFFFFFFFFFFFFFFF~hello~0~~",
                "a chunk longer than its size | Transfer-Encoding: chunked~~5~hello!~0~~",
                "chunks with bare LF | Transfer-Encoding: chunked~~5<LF>hello<LF>0<LF><LF>",
                "chunks with bare CR | Transfer-Encoding: chunked~~5<CR>hello<CR>0<CR><CR>",
                "CR in a value | X: a<CR>b~~",
                "a folded value | X: a~ b~~",
                "NUL in a value | X: a<NUL>b~~",
                "space before a colon | X : a~~",
                "an empty name | : a~~",
                "a name with a space | X Y: a~~",
                "a host with a space | Host: a b~~",
                "two hosts | Host: y~~",
            })
    void what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(String what, String rest) throws Exception {
        String request = "POST /api/x HTTP/1.1\r\nHost: x\r\n" + unescaped(rest) + SMUGGLED;
        String answer = exchange(gateway.port(), request.getBytes(StandardCharsets.ISO_8859_1), 5_000);
        assertTrue(status(answer) >= 400 && status(answer) <= 501, answer);
        assertFalse(answer.endsWith("<still open>"), answer);
        assertEquals(1, answer.split("HTTP/1\\.1 [2-5]").length - 1, "one answer and no more: " + answer);
        while (backend.waiting() > 0) {
            assertFalse(backend.next().target().contains("smuggled"));
        }
    }

    /**
     * A client that is set to "prior knowledge", like HAProxy's {@code proto h2} without {@code ssl}, got a 426 which said
     * that the request "can't be handled: Upgrade Required", and named nothing to upgrade to (RFC 9110, 15.5.22).
     */
    @Test
    void http2_in_the_clear_is_told_that_it_needs_tls() throws Exception {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        String answer = exchange(gateway.port(), preface, 5_000);
        assertEquals(505, status(answer), answer);
        assertTrue(answer.contains("HTTP/2 needs TLS, with h2 agreed on by ALPN"), answer);
        assertFalse(answer.endsWith("<still open>"), answer);
    }

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/0.9 | GET /api/x~~ | 505",
                "HTTP/1.2 | GET /api/x HTTP/1.2~Host: x~~ | 505",
                "HTTP/2 in clear | PRI * HTTP/2.0~~SM~~ | 505",
                "another host than in the target | GET http://y/api/x HTTP/1.1~Host: x~~ | 400",
                "a user in the host | GET /api/x HTTP/1.1~Host: u@x~~ | 400",
                "bare CR | GET /api/x HTTP/1.1<CR>Host: x<CR><CR> | 400",
                "NUL in the path | GET /api/<NUL> HTTP/1.1~Host: x~~ | 400",
                "a broken escape | GET /api/%zz HTTP/1.1~Host: x~~ | 400",
                "an overlong escape | GET /api/%c0%ae%c0%ae/x HTTP/1.1~Host: x~~ | 400",
                "a colon before the method | :GET /api/x HTTP/1.1~Host: x~~ | 400",
                "a colon after an empty line | ~:GET /api/x HTTP/1.1~Host: x~~ | 400",
                "a target without a slash | GET api/x HTTP/1.1~Host: x~~ | 400",
                "a space in the path | GET /api/ x HTTP/1.1~Host: x~~ | 400",
                "a tunnel | CONNECT x:1 HTTP/1.1~Host: x:1~~ | 405",
                "a wish nobody knows | POST /api/x HTTP/1.1~Host: x~Expect: wonders~Content-Length: 2~~hi | 417",
                "a prefix in other letters | GET /API/x HTTP/1.1~Host: x~~ | 404",
                "a prefix in escapes | GET /%61pi/x HTTP/1.1~Host: x~~ | 404",
                "an escaped slash behind the prefix | GET /api%2fx HTTP/1.1~Host: x~~ | 404",
            })
    void what_is_no_request_for_a_backend_reaches_none(String what, String request, int status) throws Exception {
        String answer = exchange(gateway.port(), unescaped(request).getBytes(StandardCharsets.ISO_8859_1), 5_000);
        assertEquals(status, status(answer), answer);
        assertEquals(0, backend.waiting());
    }
}
