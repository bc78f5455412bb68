package gateway.trace;

/** Makes text from outside safe to log. */
public final class LogText {
    private static final int LONGEST = 513; // a trace's longest path and the ellipsis that marks it as cut

    private LogText() {}

    /** Returns the text, cut to at most {@value #LONGEST} characters; {@code -} for null. */
    static String cut(String text) {
        return text == null ? "-" : cut(text, LONGEST - 1);
    }

    /** Returns the text, or its first {@code longest} characters and an ellipsis; null for null. */
    static String cut(String text, int longest) {
        return text == null || text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /**
     * Appends the text as printable ASCII with quotes and backslashes escaped, so that it can end neither the line nor
     * a quotation.
     */
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
