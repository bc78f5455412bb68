package gateway.http;

/** A token (RFC 9110, 5.6.2), as methods and names of fields are. */
public final class Token {
    private Token() {}

    /** Returns whether the text is one. */
    public static boolean is(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
