package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerHeadTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    /** Gives one byte at a time, as a slow backend may. */
    private static AnswerInput input(String bytes) {
        InputStream in = new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] part, int offset, int length) {
                return super.read(part, offset, Math.min(1, length));
            }
        };
        return new AnswerInput(in, null, true);
    }

    private static AnswerHead head(String bytes) throws IOException {
        AnswerHead head = new AnswerHead(input(bytes));
        head.read();
        return head;
    }

    private static String lines(AnswerHead head) {
        return head.fields().stream()
                .map(field -> field.getName() + "=" + field.getValue())
                .collect(Collectors.joining("|"));
    }

    @Test
    void a_head_is_its_status_and_its_lines_in_order_with_their_own_case() throws IOException {
        AnswerHead head =
                head(OK + "content-TYPE: text/plain\r\nX-Own:1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nrest");
        assertEquals(200, head.status());
        assertEquals("content-TYPE=text/plain|X-Own=1|Set-Cookie=a|Set-Cookie=b", lines(head));
        assertEquals("text/plain", head.fields().get("Content-Type"));
    }

    @Test
    void the_next_head_replaces_it() throws IOException {
        AnswerHead head = head(OK + "A: 1\r\n\r\nHTTP/1.0 404\r\nB: 2\r\n\r\n");
        head.read();
        assertEquals(404, head.status());
        assertTrue(head.isOld());
        assertEquals("B=2", lines(head));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '"',
            value = {
                "lines that end with LF alone,A: 1~B: 2~,A=1|B=2",
                "an empty value,A:^~,A=",
                "spaces around a value,A:  \t1 2 \t^~,A=1 2",
                "a space before the colon,A : 1^~,A=1",
                "a value on two lines,A: 1^~  2^~B: 3^~,A=1 2|B=3",
                "bytes beyond ASCII,A: \u00e9\u00ff\u00c3^~,A=\u00e9\u00ff\u00c3",
                "a name that a known one begins,Content-Lengthy: 1^~,Content-Lengthy=1",
                "a name that begins a known one,Content: 1^~,Content=1",
            })
    void what_old_servers_send_is_understood(String name, String lines, String expected) throws IOException {
        String bytes = OK + lines.replace('^', '\r').replace('~', '\n') + "\r\n";
        assertEquals(expected, lines(head(bytes)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 -12 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.x 200 OK\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                "220 mail.example.org ESMTP\r\n\r\n",
                OK + " folded: 1\r\n\r\n",
                OK + "no colon\r\n\r\n",
                OK + "nocolon\r\n\r\n",
                OK + ": no name\r\n\r\n",
                OK + "A\u0000: 1\r\n\r\n",
                OK + "A: 1\u00002\r\n\r\n",
                OK + "A: 1\r2\r\n\r\n",
                OK + "Caf\u00e9: 1\r\n\r\n",
            })
    void what_is_no_head_is_refused(String bytes) {
        assertThrows(ProtocolException.class, () -> head(bytes));
    }

    // It tells what listens at a wrong port.
    @Test
    void a_status_line_that_is_none_is_shown_as_far_as_it_is_text() {
        ProtocolException mail = assertThrows(ProtocolException.class, () -> head("220 mail ESMTP\u0001\u00e9\r\n"));
        assertEquals("its status line is 220 mail ESMTP..", mail.getMessage());
        ProtocolException endless = assertThrows(ProtocolException.class, () -> head("x".repeat(10_000) + "\n"));
        assertEquals("its status line is " + "x".repeat(200), endless.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200", OK, OK + "A: 1", OK + "A: 1\r\n", OK + "A: 1\r\n\r"})
    void a_head_that_is_cut_short_is_an_early_end(String bytes) {
        assertThrows(EOFException.class, () -> head(bytes));
    }

    @Test
    void a_head_may_be_long_but_not_endless() throws IOException {
        String line = "X-Long: " + "v".repeat(100_000) + "\r\n";
        assertEquals(2, head(OK + line + line + "\r\n").fields().size());
        ProtocolException one =
                assertThrows(ProtocolException.class, () -> head(OK + "X-Long: " + "v".repeat(300_000) + "\r\n\r\n"));
        assertEquals("its head is longer than 256 KB", one.getMessage());
        ProtocolException many =
                assertThrows(ProtocolException.class, () -> head(OK + "A: 1\r\n".repeat(50_000) + "\r\n"));
        assertEquals("its head is longer than 256 KB", many.getMessage());
    }

    private static String chunked(String bytes) throws IOException {
        AnswerInput input = input(bytes);
        ChunkedInput chunks = new ChunkedInput(input);
        StringBuilder body = new StringBuilder();
        for (int count = chunks.await(); count >= 0; count = chunks.await()) {
            body.append(new String(input.bytes, input.position, count, StandardCharsets.ISO_8859_1));
            input.position += count;
            chunks.took(count);
        }
        AnswerHead head = new AnswerHead(input);
        return body
                + head.readTrailers().stream()
                        .map(field -> "+" + field.getName() + "=" + field.getValue())
                        .collect(Collectors.joining());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "one chunk, 5^~hello^~0^~^~, hello",
        "two chunks, 2^~he^~3^~llo^~0^~^~, hello",
        "an upper and a lower case size, A^~0123456789^~b^~0123456789a^~0^~^~, 01234567890123456789a",
        "zeros before the size, 0005^~hello^~000^~^~, hello",
        "an extension, 5;a=b^~hello^~0;c^~^~, hello",
        "a space before the line's end, 5 ^~hello^~0^~^~, hello",
        "lines that end with LF alone, 5~hello~0~~, hello",
        "trailers, 5^~hello^~0^~A: 1^~^~, hello+A=1",
        "no chunk, 0^~^~, ''",
    })
    void a_chunked_body_is_put_together(String name, String bytes, String expected) throws IOException {
        assertEquals(expected, chunked(bytes.replace('^', '\r').replace('~', '\n')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\nhello\r\n0\r\n\r\n",
                "5x\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "1000000000000005\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello!\r\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
            })
    void a_chunk_whose_size_or_end_is_unclear_is_refused(String bytes) {
        assertThrows(ProtocolException.class, () -> chunked(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n"})
    void a_chunked_body_that_is_cut_short_is_an_early_end(String bytes) {
        assertThrows(EOFException.class, () -> chunked(bytes));
    }
}
