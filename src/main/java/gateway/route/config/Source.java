package gateway.route.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import gateway.route.config.Node.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads bytes as YAML or JSON into a tree. */
final class Source {
    /** The most bytes: several times what 1,000 routes with all their keys take. */
    static final int MOST_BYTES = 4 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Source() {}

    /**
     * Returns the tree; null if there is nothing in the text, or nothing that can be read, which is reported.
     *
     * @param json whether it is JSON, else YAML: nearly all JSON is YAML, but not with tabs, nor {@code \/} in text
     */
    static Node read(byte[] bytes, boolean json, Problems problems) {
        if (bytes.length > MOST_BYTES) {
            problems.add(KeyPath.TOP, Place.START, "is too large: expected at most " + (MOST_BYTES >> 20) + " MB");
            return null;
        }
        String text = text(bytes, problems);
        if (text == null || hasOddCharacter(text, problems)) {
            return null;
        }
        try (JsonParser parser = json ? new JsonFactory().createParser(text) : yaml().createParser(text)) {
            return new TreeReader(text, !json, parser, problems).read();
        } catch (IOException e) {
            report(e, problems);
            return null;
        }
    }

    private static YAMLFactory yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MOST_BYTES); // its own would be 3 MB
        return YAMLFactory.builder().loaderOptions(options).build();
    }

    /** Returns the bytes as text, without a byte order mark; null if they aren't UTF-8. */
    private static String text(byte[] bytes, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            problems.add(KeyPath.TOP, end(text), "bytes that aren't UTF-8");
            return null;
        }
        return text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text;
    }

    /** Reports the first character that editors don't show, or that some readers of YAML take for the end of a line. */
    private static boolean hasOddCharacter(String text, Problems problems) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean odd = c < ' ' && c != '\t' && c != '\n' && c != '\r'
                    || c >= 0x7f && c < 0xa0
                    || c == '\u2028'
                    || c == '\u2029'
                    || c == BYTE_ORDER_MARK
                    || c >= '\ufffe';
            if (odd) {
                String name = String.format("U+%04X", (int) c);
                problems.add(
                        KeyPath.TOP, end(text.substring(0, i)), "the character " + name + ": expected text without it");
                return true;
            }
        }
        return false;
    }

    /** Returns the place after a text. */
    private static Place end(String text) {
        String[] lines = text.split("\r\n|\n|\r", -1);
        String last = lines[lines.length - 1];
        return new Place(lines.length, last.codePointCount(0, last.length()) + 1);
    }

    private static void report(IOException failure, Problems problems) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
                Mark mark = marked.getProblemMark();
                Place place = new Place(mark.getLine() + 1, mark.getColumn() + 1);
                problems.add(KeyPath.TOP, place, "isn't YAML: " + oneLine(marked.getProblem()));
                return;
            }
        }
        if (failure instanceof JsonProcessingException e && e.getLocation() != null) {
            Place place = new Place(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
            boolean isKey = e.getOriginalMessage().startsWith("Expected a field name");
            problems.add(
                    KeyPath.TOP, place, isKey ? "expected a key: text of one line" : oneLine(e.getOriginalMessage()));
        } else {
            problems.add(KeyPath.TOP, Place.START, oneLine(failure.getMessage()));
        }
    }

    private static String oneLine(String words) {
        return String.join(" ", words.lines().map(String::strip).toList());
    }
}
