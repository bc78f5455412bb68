package gateway.http;

/**
 * The part of the URL space that belongs to the services: {@code /api} itself and all below it.
 *
 * @param text starts with a slash and doesn't end with one
 */
public record PathPrefix(String text) {
    /** Whether this raw path belongs to it. */
    public boolean covers(String path) {
        return path.startsWith(text) && (path.length() == text.length() || path.charAt(text.length()) == '/');
    }

    /** The raw path without the prefix; a path that {@link #covers} says yes to. */
    public String strip(String path) {
        return path.length() == text.length() ? "/" : path.substring(text.length());
    }
}
