package gateway.trace;

/** Text from outside on its way into a log. */
public final class LogText {
    private static final int LONGEST = 513; // a trace's path, with the mark that it was cut

    private LogText() {}

    /** The text, or as much of it as a log line bears; {@code -} for none. */
    static String cut(String text) {
        if (text == null) {
            return "-";
        }
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    /** Appends it in visible ASCII and spaces, so that it can neither end the line nor a quotation. */
    static StringBuilder append(StringBuilder line, String text) {
        String cut = cut(text);
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                line.append(c);
            } else {
                line.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    line.append(Character.forDigit(c >> shift & 15, 16));
                }
            }
        }
        return line;
    }
}
