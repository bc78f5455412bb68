package gateway.http;

/**
 * The part of the URL space that belongs to the services: {@code /api} itself and all below it.
 *
 * @param text starts with a slash and doesn't end with one
 */
public record PathPrefix(String text) {
    /** Returns whether this raw path lies below the prefix. */
    public boolean covers(String path) {
        return path.startsWith(text) && (path.length() == text.length() || path.charAt(text.length()) == '/');
    }

    /** Returns the raw path without the prefix, which must {@link #covers cover} it. */
    public String strip(String path) {
        return path.length() == text.length() ? "/" : path.substring(text.length());
    }
}
