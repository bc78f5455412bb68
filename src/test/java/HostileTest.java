import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/0.9 | GET /api/x~~ | 505",
                "HTTP/1.2 | GET /api/x HTTP/1.2~Host: x~~ | 505",
                "HTTP/2 in clear | PRI * HTTP/2.0~~SM~~ | 426",
                "another host than in the target | GET http://y/api/x HTTP/1.1~Host: x~~ | 400",
                "a user in the host | GET /api/x HTTP/1.1~Host: u@x~~ | 400",
                "bare CR | GET /api/x HTTP/1.1<CR>Host: x<CR><CR> | 400",
                "NUL in the path | GET /api/<NUL> HTTP/1.1~Host: x~~ | 400",
                "a broken escape | GET /api/%zz HTTP/1.1~Host: x~~ | 400",
                "an overlong escape | GET /api/%c0%ae%c0%ae/x HTTP/1.1~Host: x~~ | 400",
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

    @Test
    void mutated_requests_never_break_it() throws Exception {
        // -Dfuzz=100000 for a long run, -Dseed=N to repeat one.
        int count = Integer.getInteger("fuzz", 4_000);
        long seed = Long.getLong("seed", 42);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (TestBackend any = TestBackend.doing((request, wire) -> wire.ok("fine"));
                TestGateway target = TestGateway.inFrontOf(any)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int part = 0; part < 8; part++) {
                Random random = new Random(seed + part);
                parts.add(threads.submit(() -> {
                    for (int i = 0; i < count / 8; i++) {
                        byte[] request = mutated(random);
                        String answer = exchange(target.port(), request, 20_000);
                        String shown = new String(request, StandardCharsets.ISO_8859_1);
                        assertFalse(answer.endsWith("<still open>"), () -> "hangs: " + shown);
                        assertTrue(
                                status(answer) < 500 || status(answer) == 501 || status(answer) == 505,
                                () -> "fails: " + shown + "\n" + answer);
                        assertFalse(answer.contains("\tat ") || answer.contains("Exception"), () -> "leaks: " + answer);
                    }
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
            assertEquals(200, target.get("/api/x").statusCode(), "alive after");
            Await.until(
                    "nothing in flight",
                    () -> target.json("/services").at("/services/0/in_flight").asInt() == 0);
        } finally {
            threads.shutdownNow();
        }
    }

    private static final String[] SEEDS = {
        "GET /api/x?a=b HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
        "POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PUT /api/a/b%20c;d HTTP/1.1\r\nHost: x\r\nConnection: close, X\r\nX: 1\r\nContent-Length: 0\r\n\r\n",
        "GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "DELETE /services/none HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    };

    private static final String[] PIECES = {
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        ":",
        ";",
        ",",
        "%",
        "%2e",
        "..",
        "/",
        "\\",
        "0",
        "-1",
        "chunked",
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "Connection: close",
        "HTTP/1.0",
        "\u00ff",
        "Host: y",
        "{}",
    };

    private static byte[] mutated(Random random) {
        StringBuilder request = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(request.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> request.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> request.insert(at, (char) random.nextInt(256));
                case 2 -> request.delete(at, Math.min(request.length(), at + 1 + random.nextInt(4)));
                default -> {
                    if (at < request.length()) {
                        request.setCharAt(at, (char) random.nextInt(256));
                    }
                }
            }
        }
        return request.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
