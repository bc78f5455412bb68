package gateway.util;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes sizes as in settings: {@code 10MB}, {@code 32KB}, {@code 512}; a KB is 1024 bytes. */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KB|MB|GB)?", Pattern.CASE_INSENSITIVE);
    private static final long KILO = 1024;

    private Sizes() {}

    /**
     * Reads a size between two bounds in bytes, both included.
     *
     * @throws IllegalArgumentException saying what is expected
     */
    public static long parse(String text, long min, long max) {
        Matcher parts = SIZE.matcher(text.strip());
        if (parts.matches()) {
            long count = Long.parseLong(parts.group(1));
            long unit = unit(parts.group(2));
            if (count <= max / unit
                    && count * unit >= min) { // divided first: the product may be more than a long holds
                return count * unit;
            }
        }
        throw new IllegalArgumentException(
                "expected a size like 10MB, 64KB or 512 (bytes), from " + words(min) + " to " + words(max));
    }

    private static long unit(String text) {
        return switch (text == null ? "B" : text.toUpperCase(Locale.ROOT)) {
            case "KB" -> KILO;
            case "MB" -> KILO * KILO;
            case "GB" -> KILO * KILO * KILO;
            default -> 1;
        };
    }

    /** Writes a size in its largest whole unit. */
    public static String words(long bytes) {
        if (bytes > 0 && bytes % (KILO * KILO * KILO) == 0) {
            return bytes / (KILO * KILO * KILO) + " GB";
        }
        if (bytes > 0 && bytes % (KILO * KILO) == 0) {
            return bytes / (KILO * KILO) + " MB";
        }
        return bytes > 0 && bytes % KILO == 0 ? bytes / KILO + " KB" : bytes + " bytes";
    }

    /** Writes a size as {@link #parse} reads it, in its largest whole unit: {@code 10MB}, {@code 512B}. */
    public static String text(long bytes) {
        return words(bytes).replace(" bytes", "B").replace(" ", "");
    }
}
