package gateway.route.config;

import gateway.route.config.Node.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A value with its path, to be read as what its key wants; what doesn't fit is reported. */
final class Value {
    private final KeyPath path;
    private final Place place;
    private final Node node;
    private final Problems problems;
    private final boolean secret;

    /** @param place where the key is, or the element of a list: problems are reported there */
    Value(KeyPath path, Place place, Node node, Problems problems) {
        this(path, place, node, problems, false);
    }

    private Value(KeyPath path, Place place, Node node, Problems problems, boolean secret) {
        this.path = path;
        this.place = place;
        this.node = node;
        this.problems = problems;
        this.secret = secret;
    }

    /** Returns the same, as a value that may be a secret: problems, which are logged, don't show it. */
    Value secret() {
        return new Value(path, place, node, problems, true);
    }

    /** Returns the same, as a secret if its text has this sign, like the query of a path. */
    Value secretWith(String sign) {
        return has(sign) ? secret() : this;
    }

    /** Returns whether it is text with this sign in it. */
    boolean has(String sign) {
        return node instanceof Node.Scalar scalar && scalar.text().contains(sign);
    }

    KeyPath path() {
        return path;
    }

    boolean isMapping() {
        return node instanceof Node.Mapping;
    }

    boolean isEmptyList() {
        return node instanceof Node.Sequence list && list.elements().isEmpty();
    }

    /** Returns whether it is this very word, with quotes or without. */
    boolean isWord(String word) {
        return node instanceof Node.Scalar scalar && scalar.text().equals(word);
    }

    /** Reports what is wrong with it, to go on after it or beginning with "expected"; returns null. */
    <T> T bad(String words) {
        if (!(node instanceof Node.Unusable)) {
            problems.add(path, place, written(), words);
        }
        return null;
    }

    /** Reports something about it without saying what it is. */
    void problem(String words) {
        problems.add(path, place, words);
    }

    private String written() {
        if (node instanceof Node.Scalar scalar) {
            return secret ? "its value" : scalar.text();
        }
        return node instanceof Node.Mapping ? "keys with values" : "a list";
    }

    /** Reads text; null if it is none. What some readers of YAML take for a number or a truth value needs quotes. */
    <T> T text(String expected, Function<String, T> parser) {
        if (!(node instanceof Node.Scalar scalar)) {
            return bad("expected " + expected);
        }
        return switch (scalar.form()) {
            case TEXT, WORD -> parsed(scalar.text(), parser);
            case NOTHING -> bad("expected " + expected + ", or no such key");
            default ->
                bad("expected text; for this text put it in quotes" + (secret ? "" : ": \"" + scalar.text() + "\""));
        };
    }

    /** Reads text, or a whole number without quotes, like 200, in the same way; null if it is neither. */
    <T> T textOrNumber(String expected, Function<String, T> parser) {
        return node instanceof Node.Scalar scalar && scalar.form() == Form.INTEGER
                ? parsed(scalar.text(), parser)
                : node instanceof Node.Scalar scalar && scalar.form() == Form.NUMBER
                        ? bad("expected " + expected)
                        : text(expected, parser);
    }

    private <T> T parsed(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            return bad(e.getMessage());
        }
    }

    /** Reads true or false, which may be written as on or off; null if it is neither. */
    Boolean flag() {
        if (node instanceof Node.Scalar scalar && scalar.form() == Form.BOOLEAN
                || node instanceof Node.Scalar word && word.form() == Form.WORD) {
            switch (((Node.Scalar) node).text()) {
                case "true", "on" -> {
                    return true;
                }
                case "false", "off" -> {
                    return false;
                }
                default -> {}
            }
        }
        return bad("expected true or false");
    }

    /** Reads a whole number between two bounds, both included; null if it is none. */
    Integer integer(int least, int most) {
        if (node instanceof Node.Scalar scalar && scalar.form() == Form.INTEGER) {
            long value = Long.parseLong(scalar.text());
            if (value >= least && value <= most) {
                return (int) value;
            }
        }
        return bad("expected a whole number from " + least + " to " + most);
    }

    /** Reads a list; reports if it is none. */
    List<Value> elements(String expected) {
        List<Value> elements = new ArrayList<>();
        if (node instanceof Node.Sequence sequence) {
            for (Node element : sequence.elements()) {
                elements.add(new Value(path.element(elements.size()), element.place(), element, problems));
            }
        } else {
            bad("expected " + expected);
        }
        return elements;
    }

    /** Reads a list of texts, each once; leaves out those that can't be used, which are reported. */
    <T> List<T> texts(String expected, String each, Function<String, T> parser) {
        List<T> read = new ArrayList<>();
        Set<T> known = new HashSet<>();
        for (Value element : elements(expected)) {
            T one = element.text(each, parser);
            if (one != null && !known.add(one)) {
                element.bad("is there twice");
            } else if (one != null) {
                read.add(one);
            }
        }
        return read;
    }

    /** Reads values by keys; reports if it has none. */
    Fields fields(String expected) {
        if (node instanceof Node.Mapping mapping) {
            return new Fields(this, mapping.entries(), problems);
        }
        bad("expected " + expected);
        return new Fields(this, List.of(), problems);
    }
}
