package gateway.route;

import gateway.http.Token;
import java.util.List;
import java.util.Map;

/**
 * What a route changes in headers; first some are removed, then some are set.
 *
 * @param request the edit of what services get
 * @param response the edit of what clients get
 */
public record HeaderEdits(Edit request, Edit response) {
    /** Changes nothing. */
    public static final HeaderEdits NONE = new HeaderEdits(Edit.NONE, Edit.NONE);

    private static final int LONGEST_NAME = 128;

    /** The fields that frame a message, or for which a route has keys of its own. */
    private static final List<String> FIXED = List.of(
            "Connection",
            "Content-Length",
            "Expect",
            "Host",
            "Keep-Alive",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade");

    /**
     * The edit of one message's headers.
     *
     * @param set name and value of each field to set, in place of any that are there
     * @param remove the names of fields to remove
     */
    public record Edit(Map<String, String> set, List<String> remove) {
        /** Changes nothing. */
        public static final Edit NONE = new Edit(Map.of(), List.of());

        /** Returns whether a field with this name doesn't pass: it is removed, or another is set in its place. */
        public boolean replaces(String name) {
            if (isEmpty()) {
                return false;
            }
            for (String removed : remove) {
                if (removed.equalsIgnoreCase(name)) {
                    return true;
                }
            }
            for (String other : set.keySet()) {
                if (other.equalsIgnoreCase(name)) {
                    return true;
                }
            }
            return false;
        }

        /** Returns whether it changes nothing. */
        public boolean isEmpty() {
            return set.isEmpty() && remove.isEmpty();
        }
    }

    /**
     * Returns a field's name (RFC 9110, 5.1).
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static String name(String text) {
        if (!Token.is(text) || text.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("expected a header's name, like X-User");
        }
        return text;
    }

    /**
     * Returns the name of a field that a route may set or remove.
     *
     * @throws IllegalArgumentException if the text is no name, or that of a field that frames the message
     */
    public static String editable(String text) {
        if (FIXED.stream().anyMatch(text::equalsIgnoreCase)) {
            throw new IllegalArgumentException(
                    text.equalsIgnoreCase("Host")
                            ? "expected another header: the key host of the route says which Host services see"
                            : "expected another header: " + text + " belongs to a connection, not to a request");
        }
        return name(text);
    }

    /**
     * Returns a field's value (RFC 9110, 5.5).
     *
     * @throws IllegalArgumentException if it has a control character, or one beyond Latin-1
     */
    public static String value(String text) {
        if (!text.chars().allMatch(c -> c >= ' ' && c <= 255 && c != 127 || c == '\t')) {
            throw new IllegalArgumentException("expected text without control characters, in ISO 8859-1");
        }
        return text;
    }
}
