package gateway.proxy.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ListIterator;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Reads the heads of a backend's answers (RFC 9112, 4 and 5), and trailers, which look the same. Names and values keep
 * their bytes: a char is a byte. What could be read in two ways is refused. One per connection, used again.
 */
final class AnswerHead {
    private static final String VERSION = "HTTP/1.";
    private static final int STATUS_AT = VERSION.length() + 2;

    /** What each field counts beyond its text, as HTTP/2 has it (RFC 9113, 6.5.2): by both, the same answers pass. */
    private static final int FIELD_BYTES = 32;

    /** How much of a line is shown that isn't HTTP's, characters. */
    private static final int MOST_SHOWN = 200;

    private final AnswerInput input;
    private final HttpFields.Mutable fields = HttpFields.build();
    private final HttpFields.Mutable trailers = HttpFields.build();
    private int status;
    private boolean old;
    private int size;

    AnswerHead(AnswerInput input) {
        this.input = input;
    }

    /** Returns the status, 100 to 999. */
    int status() {
        return status;
    }

    /** Returns whether the answer is of HTTP/1.0. */
    boolean isOld() {
        return old;
    }

    /** Returns the size of the header fields as HTTP/2 counts it, bytes. */
    int size() {
        return size;
    }

    /** Returns the header fields, which the next {@link #read} replaces. */
    HttpFields fields() {
        return fields;
    }

    /**
     * Waits for a whole head.
     *
     * @throws EOFException if the connection ends before
     * @throws ProtocolException saying what is wrong with it
     */
    void read() throws IOException {
        readStatus();
        readFields(fields);
    }

    /** Waits for the trailers of a chunked body; returns them. */
    HttpFields readTrailers() throws IOException {
        readFields(trailers);
        return trailers;
    }

    private void readStatus() throws IOException {
        int lf = input.awaitLine();
        int end = input.endOfText(lf);
        byte[] line = input.bytes;
        int start = input.position;
        int length = end - start;
        boolean valid = length >= STATUS_AT + 3;
        for (int i = 0; valid && i < VERSION.length(); i++) {
            valid = line[start + i] == VERSION.charAt(i);
        }
        valid = valid
                && isDigit(line[start + VERSION.length()])
                && line[start + STATUS_AT - 1] == ' '
                && (length == STATUS_AT + 3 || line[start + STATUS_AT + 3] == ' ');
        int read = valid ? status(line, start + STATUS_AT) : 0;
        if (read < 100) {
            throw new ProtocolException("its status line is " + shown(line, start, end));
        }
        old = line[start + VERSION.length()] == '0';
        status = read;
        input.position = lf + 1;
    }

    /** Returns three digits as a number; 0 if they aren't digits. */
    private static int status(byte[] line, int at) {
        return isDigit(line[at]) && isDigit(line[at + 1]) && isDigit(line[at + 2])
                ? 100 * (line[at] - '0') + 10 * (line[at + 1] - '0') + line[at + 2] - '0'
                : 0;
    }

    /** Returns the beginning of a line for people, who may see from it what listens there; what isn't ASCII as dots. */
    private static String shown(byte[] line, int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < Math.min(end, start + MOST_SHOWN); i++) {
            text.append(line[i] >= ' ' && line[i] < 127 ? (char) line[i] : '.');
        }
        return text.toString();
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private void readFields(HttpFields.Mutable into) throws IOException {
        into.clear();
        size = 0;
        while (true) {
            int lf = input.awaitLine();
            int end = input.endOfText(lf);
            int start = input.position;
            if (start == end) {
                input.position = lf + 1;
                return;
            }
            size += end - start + FIELD_BYTES;
            if (size > AnswerInput.MOST_BYTES) {
                throw new ProtocolException("its head is longer than " + AnswerInput.MOST_BYTES / 1024 + " KB");
            }
            byte first = input.bytes[start];
            if (first == ' ' || first == '\t') {
                fold(into, start, end);
            } else {
                into.add(field(input.bytes, start, end));
            }
            input.position = lf + 1;
        }
    }

    /** Appends a line to the value before it, with a space (RFC 9112, 5.2). */
    private void fold(HttpFields.Mutable into, int start, int end) throws ProtocolException {
        if (into.size() == 0) {
            throw new ProtocolException("its first header line begins with a space");
        }
        HttpField last = into.getField(into.size() - 1);
        String value = last.getValue() + ' ' + value(input.bytes, start, end);
        ListIterator<HttpField> fromEnd = into.listIterator(into.size());
        fromEnd.previous();
        fromEnd.set(new HttpField(last.getHeader(), last.getName(), value));
    }

    private static HttpField field(byte[] bytes, int start, int end) throws ProtocolException {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            if (bytes[colon] <= ' ' || bytes[colon] == 127) { // a byte beyond ASCII is negative
                break;
            }
            colon++;
        }
        int nameEnd = colon;
        while (colon < end && (bytes[colon] == ' ' || bytes[colon] == '\t')) { // to be removed (RFC 9112, 5.1)
            colon++;
        }
        if (nameEnd == start || colon == end || bytes[colon] != ':') {
            throw new ProtocolException("a header line has no name");
        }
        int length = nameEnd - start;
        HttpHeader known = HttpHeader.CACHE.getBest(bytes, start, length);
        if (known != null && known.asString().length() != length) {
            known = null;
        }
        String name = known != null && isSame(known.asString(), bytes, start)
                ? known.asString()
                : new String(bytes, start, length, StandardCharsets.ISO_8859_1);
        return new HttpField(known, name, value(bytes, colon + 1, end));
    }

    private static boolean isSame(String name, byte[] bytes, int start) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) != bytes[start + i]) {
                return false;
            }
        }
        return true;
    }

    private static String value(byte[] bytes, int start, int end) throws ProtocolException {
        int from = start;
        int to = end;
        while (from < to && (bytes[from] == ' ' || bytes[from] == '\t')) {
            from++;
        }
        while (from < to && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
            to--;
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t' || bytes[i] == 127) {
                throw new ProtocolException("a header line has the control character " + bytes[i]);
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
