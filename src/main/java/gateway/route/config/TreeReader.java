package gateway.route.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import gateway.route.config.Node.Entry;
import gateway.route.config.Node.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a tree of what a parser of YAML or JSON finds, with the place of each value and key. Whatever readers of YAML
 * take in different ways is reported: anchors and aliases, tags, merge keys, repeated keys, a second document.
 *
 * <p>The parser tells neither whether a scalar has quotes, nor of every anchor and tag; the character with which a token
 * begins tells all of it.
 */
final class TreeReader {
    private static final int DEEPEST = 16;
    private static final String MERGE = "<<";

    private final String source;
    private final boolean counting;
    private final JsonParser parser;
    private final Problems problems;
    private int index; // of the current token in the source...
    private int offset; // ...and as the parser says it

    /**
     * @param source the text that the parser parses
     * @param counting whether the parser's offsets are counts of code points, as YAML's are, rather than of chars
     */
    TreeReader(String source, boolean counting, JsonParser parser, Problems problems) {
        this.source = source;
        this.counting = counting;
        this.parser = parser;
        this.problems = problems;
    }

    /** Returns the whole as a tree; null if there is nothing. */
    Node read() throws IOException {
        if (parser.nextToken() == null) {
            return null;
        }
        Node root = node(KeyPath.TOP, 0);
        if (parser.nextToken() != null) {
            problems.add(
                    KeyPath.TOP,
                    place(parser.currentTokenLocation()),
                    "a second document begins here: expected only one");
        }
        return root;
    }

    private Node node(KeyPath path, int depth) throws IOException {
        JsonLocation location = parser.currentTokenLocation();
        Place place = place(location);
        char first = first(location);
        if (depth > DEEPEST) {
            problems.add(path, place, "is nested too deeply");
            parser.skipChildren();
            return new Node.Unusable(place);
        }
        Node node = switch (parser.currentToken()) {
            case START_OBJECT -> mapping(path, place, depth);
            case START_ARRAY -> sequence(path, place, depth);
            default -> new Node.Scalar(parser.getText(), form(first, parser.getText()), place);
        };
        boolean ofKey = node instanceof Node.Mapping mapping && mapping.beginsWithKey(); // `&a key: value`
        return !ofKey && isProperty(path, place, first) ? new Node.Unusable(place) : node;
    }

    /** Reports what may stand before a value in YAML, or in place of it. */
    private boolean isProperty(KeyPath path, Place place, char first) {
        String words = switch (first) {
            case '&' -> "an anchor: expected the value itself, without &name";
            case '*' -> "an alias: expected the value itself, written out";
            case '!' -> "a tag: expected the value itself, without !name";
            default -> null;
        };
        if (words != null) {
            problems.add(path, place, words);
        }
        return words != null;
    }

    private static Form form(char first, String text) {
        return switch (first) {
            case '"', '\'', '|', '>' -> Form.TEXT;
            default -> Form.of(text);
        };
    }

    private Node sequence(KeyPath path, Place place, int depth) throws IOException {
        List<Node> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(node(path.element(elements.size()), depth + 1));
        }
        return new Node.Sequence(elements, place);
    }

    private Node mapping(KeyPath path, Place place, int depth) throws IOException {
        Entries entries = new Entries();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            KeyPath keyPath = path.key(key);
            JsonLocation location = parser.currentTokenLocation();
            Place where = place(location);
            boolean odd = isProperty(keyPath, where, first(location));
            parser.nextToken();
            Node value = node(keyPath, depth + 1);
            Entry before = entries.get(key);
            if (before != null) {
                problems.add(
                        keyPath,
                        where,
                        "is there twice, first on line " + before.place().line() + ": expected each key once");
            } else if (key.equals(MERGE)) {
                problems.add(keyPath, where, "a merge key: expected the keys themselves, written out");
            } else {
                entries.add(new Entry(key, where, odd ? new Node.Unusable(where) : value));
            }
        }
        return new Node.Mapping(entries.all(), place);
    }

    private static Place place(JsonLocation location) {
        return new Place(location.getLineNr(), location.getColumnNr());
    }

    /** Returns the character with which the token at this place begins; NUL at the end. */
    private char first(JsonLocation location) {
        int there = (int) location.getCharOffset();
        index = counting ? source.offsetByCodePoints(index, there - offset) : there;
        offset = there;
        return index < source.length() ? source.charAt(index) : 0;
    }
}
