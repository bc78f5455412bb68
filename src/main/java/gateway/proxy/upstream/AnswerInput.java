package gateway.proxy.upstream;

import gateway.http.Answer;
import gateway.net.ServiceSocket;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** What has come from a backend and hasn't been used yet. Grows while a line doesn't fit, up to {@link #MOST_BYTES}. */
final class AnswerInput {
    /** The longest head of an answer, bytes. */
    static final int MOST_BYTES = 256 * 1024;

    private static final int USUAL_BYTES = 8 * 1024;

    /** How long {@link #fillSoon} waits, milliseconds. */
    private static final int SOON = 10;

    private final InputStream in;
    private final ServiceSocket raw;
    private final boolean isTls;

    /** What has arrived is in here, from {@link #position} to {@link #limit}. */
    byte[] bytes = new byte[USUAL_BYTES];

    int position;
    int limit;

    /**
     * @param in what arrives
     * @param raw the socket on which it arrives
     * @param isTls whether by TLS, which a read that ends by a timeout doesn't leave intact
     */
    AnswerInput(InputStream in, ServiceSocket raw, boolean isTls) {
        this.in = in;
        this.raw = raw;
        this.isTls = isTls;
    }

    /** Returns how many bytes have arrived. */
    int arrived() {
        return limit - position;
    }

    /** Lets go of the room that a long head needed, when nothing is left of it. */
    void shrink() {
        if (bytes.length > USUAL_BYTES && position == limit) {
            bytes = new byte[USUAL_BYTES];
            position = 0;
            limit = 0;
        }
    }

    /**
     * Waits for more; returns false at the end. What has arrived may move to the front.
     *
     * @throws ProtocolException if there is no room for more
     */
    boolean fill() throws IOException {
        if (position > 0) {
            System.arraycopy(bytes, position, bytes, 0, arrived());
            limit -= position;
            position = 0;
        } else if (limit == bytes.length) {
            if (bytes.length >= MOST_BYTES) {
                throw new ProtocolException("its head is longer than " + MOST_BYTES / 1024 + " KB");
            }
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        int count = in.read(bytes, limit, bytes.length - limit);
        limit += Math.max(0, count);
        return count >= 0;
    }

    /** Waits for more, of which there must be some. */
    void fillSome() throws IOException {
        if (!fill()) {
            throw endedEarly();
        }
    }

    /**
     * Waits for more of what only its end delimits; returns false there. By TLS it must have been announced: else anybody
     * on the way could cut it (RFC 9112, 9.8; RFC 8446, 6.1), and Java takes both for the same.
     */
    boolean fillUntilTheEnd() throws IOException {
        if (fill()) {
            return true;
        }
        if (isTls && raw.hasEnded()) {
            throw new EOFException("closed the connection without TLS's close_notify: "
                    + "its answer, which has neither a length nor chunks, may not be whole");
        }
        return false;
    }

    /** Waits a moment for more, of which there must be some; returns whether it came. */
    boolean fillSoon() throws IOException {
        if (isTls) {
            return false;
        }
        raw.setSoTimeout(SOON);
        try {
            fillSome();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            raw.setSoTimeout(0);
        }
    }

    /** Reads past the buffer, which must be empty; returns the number of bytes, at least 1. */
    int readDirectly(byte[] part, int most) throws IOException {
        int count = in.read(part, 0, most);
        if (count < 0) {
            throw endedEarly();
        }
        return count;
    }

    static EOFException endedEarly() {
        return new EOFException("unexpected end of stream");
    }

    /**
     * Waits for a whole line, which begins at {@link #position}; returns where it ends: the index of its LF. A single
     * LF ends a line, too (RFC 9112, 2.2).
     */
    int awaitLine() throws IOException {
        int searched = 0;
        while (true) {
            for (int i = position + searched; i < limit; i++) {
                if (bytes[i] == '\n') {
                    return i;
                }
            }
            searched = arrived();
            fillSome();
        }
    }

    /** Returns the end of the line's text, whose LF is there. */
    int endOfText(int lf) {
        return lf > position && bytes[lf - 1] == '\r' ? lf - 1 : lf;
    }

    /** Writes so many of the bytes that have arrived; they may be the last of the body. */
    void writeTo(Answer to, int count, boolean isLast) throws IOException {
        int from = position;
        position += count;
        to.write(bytes, from, count, isLast);
    }
}
