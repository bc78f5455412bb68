package gateway.proxy.upstream;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import okhttp3.Headers;
import okhttp3.TrailersSource;
import okio.Buffer;
import okio.BufferedSource;

/**
 * A backend's answer: its head, and its body as it arrives. In the text of headers, a char is a byte, as Jetty writes
 * them.
 *
 * <p>On a connection that is used again, a body of known length is read straight from the socket: OkHttp reads at most
 * 8 KB at a time, this 32, which is a quarter of the system calls for a large answer.
 */
public final class UpstreamAnswer implements Closeable {
    private static final int PART_BYTES = 32 * 1024;

    private final int status;
    private final Headers headers;
    private final long length;
    private final BufferedSource source;
    private final InputStream in;
    private final TrailersSource trailers;
    private final Runnable cancel;
    private long left;
    private byte[] part;

    /**
     * @param length of the body, bytes; 0 if there is none, negative if only its end will tell
     * @param source of the body; it is at the first byte
     * @param in what the source reads from, if the body isn't framed by OkHttp; else null
     * @param trailers what follows the body; asked for after its end
     * @param cancel closes the connection
     */
    UpstreamAnswer(
            int status,
            Headers headers,
            long length,
            BufferedSource source,
            InputStream in,
            TrailersSource trailers,
            Runnable cancel) {
        this.status = status;
        this.headers = headers;
        this.length = length;
        this.left = length;
        this.source = source;
        this.in = in;
        this.trailers = trailers;
        this.cancel = cancel;
    }

    /** Returns its status, 200 to 999, or 101. */
    public int status() {
        return status;
    }

    /** Returns the length of its body in bytes: 0 if there is none, negative if only its end will tell. */
    public long length() {
        return length;
    }

    /** Returns the number of its header lines. */
    public int headers() {
        return headers.size();
    }

    /** Returns the name of a header line, 0 to {@link #headers} - 1. */
    public String name(int i) {
        return headers.name(i);
    }

    /** Returns the value of a header line. */
    public String value(int i) {
        String value = headers.value(i);
        return UpstreamRequest.isAscii(value) ? value : utf8AsBytes(value);
    }

    /** Returns whether the body is sent in chunks, so that a length beside it is meaningless (RFC 9112, 6.3). */
    public boolean isChunked() {
        return headers.get("Transfer-Encoding") != null;
    }

    /** Returns the values of all header lines of this name. */
    public List<String> values(String name) {
        return headers.values(name);
    }

    /**
     * Waits for more of the body.
     *
     * @return how many bytes there are for {@link #pass}; negative at the body's end
     * @throws IOException if the body ends too early or isn't valid
     */
    public int await() throws IOException {
        if (left == 0) {
            return -1;
        }
        Buffer arrived = source.getBuffer();
        if (in == null && !source.request(1)) {
            if (length > 0) {
                throw endedEarly();
            }
            left = 0;
            return -1;
        }
        if (!arrived.exhausted()) {
            return (int) (length < 0 ? arrived.size() : Math.min(left, arrived.size()));
        }
        if (part == null) {
            part = new byte[(int) Math.min(left, PART_BYTES)];
        }
        int count = in.read(part, 0, (int) Math.min(left, part.length));
        if (count < 0) {
            throw endedEarly();
        }
        return count;
    }

    private static ProtocolException endedEarly() {
        return new ProtocolException("unexpected end of stream");
    }

    /**
     * Passes on the bytes that {@link #await} has reported.
     *
     * @return whether more may follow
     * @throws IOException if writing failed
     */
    public boolean pass(int count, OutputStream out) throws IOException {
        Buffer arrived = source.getBuffer();
        if (length > 0) {
            left -= count;
        }
        if (arrived.exhausted()) {
            out.write(part, 0, count);
        } else {
            arrived.writeTo(out, count);
        }
        return left != 0;
    }

    /** Returns the trailers by name and value, one after the other (RFC 9110, 6.5); known once the body has ended. */
    public List<String> trailers() throws IOException {
        Headers came = trailers.get();
        String[] lines = new String[came.size() * 2];
        for (int i = 0; i < came.size(); i++) {
            lines[2 * i] = came.name(i);
            lines[2 * i + 1] = utf8AsBytes(came.value(i));
        }
        return List.of(lines);
    }

    static String utf8AsBytes(String value) {
        return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Ends the reading. If some of the body is left, this closes the connection, rather than read on. */
    @Override
    public void close() {
        if (left != 0) {
            cancel.run();
        }
        if (in == null) {
            try {
                source.close();
            } catch (IOException e) {
                // the connection is closed already
            }
        }
    }
}
