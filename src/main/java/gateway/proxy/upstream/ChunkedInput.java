package gateway.proxy.upstream;

import java.io.IOException;
import java.net.ProtocolException;

/** Finds the parts of a chunked body (RFC 9112, 7.1) in what arrives from a backend. Strict: each chunk has its end. */
final class ChunkedInput {
    /** The most digits of a chunk's size. */
    private static final int MOST_DIGITS = 15;

    private final AnswerInput input;
    private long left;
    private boolean inChunk;

    ChunkedInput(AnswerInput input) {
        this.input = input;
    }

    /**
     * Waits for more of the body.
     *
     * @return how many of the bytes at the input's position belong to it; negative at its end, where the trailers begin
     */
    int await() throws IOException {
        if (left == 0) {
            if (inChunk) {
                endChunk();
            }
            left = size();
            inChunk = true;
            if (left == 0) {
                return -1;
            }
        }
        if (input.arrived() == 0) {
            input.fillSome();
        }
        return (int) Math.min(left, input.arrived());
    }

    /** Notes that so many bytes have been taken from the input. */
    void took(int count) {
        left -= count;
    }

    private void endChunk() throws IOException {
        int lf = input.awaitLine();
        if (input.endOfText(lf) != input.position) {
            throw new ProtocolException("a chunk is longer than its size says");
        }
        input.position = lf + 1;
    }

    private long size() throws IOException {
        int lf = input.awaitLine();
        int end = input.endOfText(lf);
        int at = input.position;
        long size = 0;
        int digit;
        while (at < end && (digit = Character.digit(input.bytes[at], 16)) >= 0) {
            size = 16 * size + digit;
            at++;
        }
        int digits = at - input.position;
        while (at < end && (input.bytes[at] == ' ' || input.bytes[at] == '\t')) {
            at++;
        }
        if (digits == 0 || digits > MOST_DIGITS || at < end && input.bytes[at] != ';') { // an extension is ignored
            throw new ProtocolException("the size of a chunk is unclear");
        }
        input.position = lf + 1;
        return size;
    }
}
