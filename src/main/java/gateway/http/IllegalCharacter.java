package gateway.http;

import java.util.Locale;

/** Finds and names characters that neither a request line nor a field of HTTP/1.1 may have as they are. */
public final class IllegalCharacter {
    /** What Jetty puts in place of bytes that aren't UTF-8; the bytes themselves can't be passed on any more. */
    public static final char NOT_UTF_8 = '\ufffd';

    private IllegalCharacter() {}

    /** Returns the index of the first space, control or non-ASCII character; negative if there is none. */
    public static int in(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return i;
            }
        }
        return -1;
    }

    /** Returns whether it is a control character. */
    public static boolean isControl(char c) {
        return c < ' ' || c == 0x7f;
    }

    /** Names the character, such that its name can be printed anywhere. */
    public static String words(char c) {
        return switch (c) {
            case ' ' -> "a space";
            case NOT_UTF_8 -> "bytes that aren't UTF-8";
            default -> String.format(Locale.ROOT, "the character U+%04X", (int) c);
        };
    }
}
