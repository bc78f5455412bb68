package gateway.proxy.upstream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes requests to a backend: a head, then perhaps a body, of known length or in chunks (RFC 9112, 7.1). The head and
 * what has arrived of the body go out together, in one system call and one packet.
 */
public final class RequestWriter {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final OutputStream out;
    private byte[] buffer;
    private int count;
    private boolean chunked;

    RequestWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes a request that is only a head. */
    void writeOnly(byte[] head) throws IOException {
        out.write(head);
    }

    /** Begins a request with a body: the head is kept until {@link #flush}. */
    void begin(byte[] head, boolean chunked) throws IOException {
        this.chunked = chunked;
        if (buffer == null) {
            buffer = new byte[BUFFER_BYTES];
        }
        count = 0;
        put(head, head.length);
    }

    /** Writes a part of the body, at least one byte; it may stay in the buffer. */
    public void write(byte[] part, int length) throws IOException {
        if (!chunked) {
            put(part, length);
            return;
        }
        put(Integer.toHexString(length) + "\r\n");
        put(part, length);
        put("\r\n");
    }

    /** Ends the body and sends what is left. */
    public void end() throws IOException {
        if (chunked) {
            put("0\r\n\r\n");
        }
        flush();
    }

    /** Sends what has been written so far. */
    public void flush() throws IOException {
        if (count > 0) {
            int length = count;
            count = 0;
            out.write(buffer, 0, length);
        }
    }

    private void put(String ascii) throws IOException {
        byte[] bytes = ascii.getBytes(StandardCharsets.ISO_8859_1);
        put(bytes, bytes.length);
    }

    private void put(byte[] bytes, int length) throws IOException {
        if (buffer.length - count < length) {
            flush();
        }
        if (length > buffer.length) {
            out.write(bytes, 0, length);
        } else {
            System.arraycopy(bytes, 0, buffer, count, length);
            count += length;
        }
    }
}
