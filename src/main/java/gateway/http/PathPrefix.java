package gateway.http;

/**
 * A part of the URL space, byte for byte: {@code /api} is that path itself and all below it, but not {@code /apis}.
 *
 * @param text starts with a slash and doesn't end with one; empty for all paths
 */
public record PathPrefix(String text) {
    /** All paths. */
    public static final PathPrefix ALL = new PathPrefix("");

    /** Returns the prefix as people write it: {@code /} for all paths. */
    public static PathPrefix of(String written) {
        return written.equals("/") ? ALL : new PathPrefix(written);
    }

    /** Returns whether this raw path lies below the prefix. */
    public boolean covers(String path) {
        return path.startsWith(text)
                && (path.length() == text.length() || path.charAt(text.length()) == '/' || text.isEmpty());
    }

    /** Returns the raw path without the prefix, which must {@link #covers cover} it. */
    public String strip(String path) {
        return path.length() == text.length() ? "/" : path.substring(text.length());
    }

    /** Returns the prefix as people write it. */
    @Override
    public String toString() {
        return text.isEmpty() ? "/" : text;
    }
}
