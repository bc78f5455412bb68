package gateway.http;

/** Tells raw paths that all servers read in the same way from those that some read differently. */
public final class PlainPath {
    private PlainPath() {}

    /** Returns whether every server must read this raw path in the same way. */
    public static boolean is(String path) {
        if (path == null || path.isEmpty() || path.charAt(0) != '/') {
            return path != null && path.equals("*"); // OPTIONS *
        }
        if (path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) {
            return false;
        }
        boolean dots = path.indexOf('.') >= 0;
        boolean encoded = path.indexOf('%') >= 0;
        return !dots && !encoded || hasOnlyPlainSegments(encoded ? decodeTricks(path) : path);
    }

    private static boolean hasOnlyPlainSegments(String path) {
        if (path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) {
            return false;
        }
        int start = 1;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (isDots(path, start, endOfName(path, start, end))) {
                return false;
            }
            start = end + 1;
        }
        return true;
    }

    /** Returns where a segment's parameters begin: {@code ..;x} is {@code ..} to servers that know these. */
    private static int endOfName(String path, int start, int end) {
        int most = Math.min(end, start + 3); // what is longer than two dots is none of them
        for (int i = start; i < most; i++) {
            if (path.charAt(i) == ';') {
                return i;
            }
        }
        return end;
    }

    private static boolean isDots(String path, int start, int end) {
        return end - start == 1 && path.charAt(start) == '.'
                || end - start == 2 && path.charAt(start) == '.' && path.charAt(start + 1) == '.';
    }

    /** Decodes only the escapes that could hide a segment: {@code %2e %2f %5c %00 %3b}. */
    private static String decodeTricks(String path) {
        StringBuilder decoded = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            char trick = c == '%' && i + 2 < path.length() ? trick(path.substring(i + 1, i + 3)) : c;
            decoded.append(trick);
            i += trick == c ? 0 : 2;
        }
        return decoded.toString();
    }

    private static char trick(String hex) {
        return switch (hex) {
            case "2e", "2E" -> '.';
            case "2f", "2F" -> '/';
            case "5c", "5C" -> '\\';
            case "3b", "3B" -> ';';
            case "00" -> '\0';
            default -> '%';
        };
    }
}
