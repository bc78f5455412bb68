package gateway.route.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a word without quotes may be taken for. YAML 1.1, YAML 1.2 and JSON differ: {@code 010} is 8 or 10, {@code off}
 * false or text, {@code 1:30} 90 or text. So readers say which forms they take, and none is taken for what another
 * reader of YAML may not take it for.
 */
enum Form {
    /** Text to all. */
    TEXT,
    /** Yes, no, on, off: text to some, to others a boolean. */
    WORD,
    /** True or false to all. */
    BOOLEAN,
    /** A whole number, the same to all. */
    INTEGER,
    /** A number or a time, at least to some. */
    NUMBER,
    /** Nothing. */
    NOTHING;

    private static final List<String> WORDS = List.of("y", "n", "yes", "no", "on", "off");

    private static final int LONGEST_WORD = 5; // false

    private static final Pattern SIMPLE = Pattern.compile("0|-?[1-9][0-9]{0,17}");

    /** Whole numbers with signs, underscores or another base; sexagesimal ones; fractions; dates and times. */
    private static final Pattern NUMBERS = Pattern.compile("[-+]?0x[0-9a-f_]++"
            + "|[-+]?0[bo][0-9_]++"
            + "|[-+]?[0-9][0-9_]*+(:[0-9]{1,2})*(\\.[0-9_]*+)?(e[-+]?[0-9]++)?"
            + "|[-+]?\\.[0-9][0-9_]*+(e[-+]?[0-9]++)?"
            + "|[-+]?\\.(inf|nan)"
            + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ t].*)?");

    private static final int LONGEST_NUMBER = 100; // what is longer, nobody takes for one in a file of routes

    /** Returns the form of a word without quotes. */
    static Form of(String text) {
        if (isPlainlyText(text)) {
            return TEXT;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (text.isEmpty() || text.equals("~") || lower.equals("null")) {
            return NOTHING;
        }
        if (lower.equals("true") || lower.equals("false")) {
            return BOOLEAN;
        }
        if (WORDS.contains(lower)) {
            return WORD;
        }
        if (SIMPLE.matcher(text).matches()) {
            return INTEGER;
        }
        return text.length() <= LONGEST_NUMBER && NUMBERS.matcher(lower).matches() ? NUMBER : TEXT;
    }

    /** Tells most texts, of which a file of routes has tens of thousands, by their length and first character. */
    private static boolean isPlainlyText(String text) {
        if (text.length() <= LONGEST_WORD) {
            return false;
        }
        char first = text.charAt(0);
        return (first < '0' || first > '9') && first != '+' && first != '-' && first != '.';
    }
}
