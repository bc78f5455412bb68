package gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;

/**
 * A body whose length is known, straight from the connection: OkHttp reads at most 8 KB at a time, this 32, which is a
 * quarter of the system calls for a large answer. Nobody closes it to make it whole: a connection on which some of it is
 * left is not used again.
 */
final class KnownLengthBody extends ResponseBody {
    private static final int PART_BYTES = 32 * 1024;

    private final BufferedSource source;
    private final InputStream in;
    private final long length;
    private long left;
    private byte[] part;

    /**
     * @param source has what was read with the head; it is at the body's first byte
     * @param in what it reads from
     * @param length at least 1
     */
    KnownLengthBody(BufferedSource source, InputStream in, long length) {
        this.source = source;
        this.in = in;
        this.length = length;
        this.left = length;
    }

    /** Whether some of it hasn't been passed on. */
    boolean hasMore() {
        return left > 0;
    }

    /** Waits for the next bytes; how many there are. */
    int await() throws IOException {
        Buffer early = source.getBuffer();
        if (!early.exhausted()) {
            return (int) Math.min(left, early.size());
        }
        if (part == null) {
            part = new byte[(int) Math.min(left, PART_BYTES)];
        }
        int count = in.read(part, 0, (int) Math.min(left, part.length));
        if (count < 0) {
            throw new ProtocolException("unexpected end of stream");
        }
        return count;
    }

    /** Passes on what {@link #await} has said to be there. */
    void pass(int count, OutputStream out) throws IOException {
        Buffer early = source.getBuffer();
        left -= count;
        if (early.exhausted()) {
            out.write(part, 0, count);
        } else {
            early.writeTo(out, count);
        }
    }

    @Override
    public MediaType contentType() {
        return null; // the header passes as it came
    }

    @Override
    public long contentLength() {
        return length;
    }

    /** Where its first byte is. */
    @Override
    public BufferedSource source() {
        return source;
    }

    /** Leaves the connection as it is. */
    @Override
    public void close() {}
}
