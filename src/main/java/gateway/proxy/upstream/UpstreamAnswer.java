package gateway.proxy.upstream;

import gateway.http.Answer;
import java.io.Closeable;
import java.io.IOException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * A backend's answer: its head, and its body as it arrives.
 *
 * <p>Of a long body of known length, 32 KB are read at a time, past the connection's buffer: a quarter of the system
 * calls.
 */
public final class UpstreamAnswer implements Closeable {
    private static final int PART_BYTES = 32 * 1024;

    private final AnswerHead head;
    private final int headerSize;
    private final long length;
    private final AnswerInput input;
    private final ChunkedInput chunks;
    private final Runnable cancel;
    private HttpFields trailers = HttpFields.EMPTY;
    private boolean ended;
    private long left;
    private byte[] part;
    private boolean inPart;

    /**
     * @param head that of the answer, which has been read from the input
     * @param length of the body, bytes; 0 if there is none, negative if only its end will tell
     * @param cancel closes the connection
     */
    UpstreamAnswer(AnswerHead head, long length, AnswerInput input, Runnable cancel) {
        this.head = head;
        this.headerSize = head.size();
        this.length = length;
        this.left = length;
        this.ended = length == 0;
        this.input = input;
        this.chunks = length < 0 && isChunked() ? new ChunkedInput(input) : null;
        this.cancel = cancel;
    }

    /** Returns its status, 200 to 999, or 101. */
    public int status() {
        return head.status();
    }

    /** Returns its header fields; a char is a byte. */
    public HttpFields fields() {
        return head.fields();
    }

    /** Returns the size of its header as HTTP/2 counts it (RFC 9113, 6.5.2), bytes; 256 KB at most. */
    public int headerSize() {
        return headerSize;
    }

    /** Returns the length of its body in bytes: 0 if there is none, negative if only its end will tell. */
    public long length() {
        return length;
    }

    /** Returns whether the body is sent in chunks, so that a length beside it is meaningless (RFC 9112, 6.3). */
    public boolean isChunked() {
        return head.fields().contains(HttpHeader.TRANSFER_ENCODING);
    }

    /**
     * Waits a moment for the body, which nearly always comes with the head or right behind it.
     *
     * @return whether some of it has arrived
     * @throws IOException if the connection has ended meanwhile
     */
    public boolean beginsSoon() throws IOException {
        return input.arrived() > 0 || input.fillSoon();
    }

    /**
     * Waits for more of the body.
     *
     * @return how many bytes there are for {@link #pass}; negative at the body's end
     * @throws IOException if the body ends too early or isn't valid
     */
    public int await() throws IOException {
        if (ended) {
            return -1;
        }
        int count = length > 0 ? awaitOfKnownLength() : chunks != null ? chunks.await() : awaitUntilTheEnd();
        if (count < 0) {
            if (chunks != null) {
                trailers = head.readTrailers();
            }
            ended = true;
        }
        return count;
    }

    private int awaitOfKnownLength() throws IOException {
        inPart = input.arrived() == 0 && left > input.bytes.length;
        if (inPart) {
            if (part == null) {
                part = new byte[(int) Math.min(left, PART_BYTES)];
            }
            return input.readDirectly(part, (int) Math.min(left, part.length));
        }
        if (input.arrived() == 0) {
            input.fillSome();
        }
        return (int) Math.min(left, input.arrived());
    }

    private int awaitUntilTheEnd() throws IOException {
        return input.arrived() > 0 || input.fillUntilTheEnd() ? input.arrived() : -1;
    }

    /**
     * Passes on the bytes that {@link #await} has reported.
     *
     * @return whether more may follow
     * @throws IOException if writing failed
     */
    public boolean pass(int count, Answer to) throws IOException {
        if (length > 0) {
            left -= count;
            ended = left == 0;
        } else if (chunks != null) {
            chunks.took(count);
        }
        if (inPart) {
            to.write(part, 0, count, ended);
        } else {
            input.writeTo(to, count, ended);
        }
        return !ended;
    }

    /** Returns the trailers (RFC 9110, 6.5); known once the body has ended. */
    public HttpFields trailers() {
        return trailers;
    }

    /** Ends the reading. If some of the body is left, this closes the connection, rather than read on. */
    @Override
    public void close() {
        if (!ended) {
            cancel.run();
        }
    }
}
