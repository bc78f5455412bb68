package gateway.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a service is checked.
 *
 * @param path what is asked for, below the service's URL; null unless {@code kind} is {@link Kind#HTTP}
 * @param statuses which answers are good; none unless {@code kind} is {@link Kind#HTTP}
 */
public record HealthCheck(Kind kind, String path, List<Statuses> statuses) {
    /** What a check does. */
    public enum Kind {
        /** Sends a GET: good if a whole answer with a good status comes in time. */
        HTTP,
        /** Opens a connection: good if that succeeds in time. */
        TCP,
        /** Nothing: the service counts as healthy until requests fail there. */
        OFF
    }

    /**
     * A range of statuses, both ends included.
     *
     * @param lowest 200 to 599
     * @param highest 200 to 599
     */
    public record Statuses(int lowest, int highest) {
        @Override
        public String toString() {
            return lowest == highest ? String.valueOf(lowest) : lowest + "-" + highest;
        }
    }

    private static final int LONGEST_PATH = 1024;
    private static final int LONGEST_STATUSES = 100;
    private static final String CHARACTER = "[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}";
    private static final Pattern STATUS = Pattern.compile("[2-5]\\d\\d");
    private static final Pattern PATH = Pattern.compile("/(?:" + CHARACTER + ")*+(?:\\?(?:" + CHARACTER + "|\\?)*+)?");
    private static final Pattern DOTS = Pattern.compile("^[^?]*/(?:\\.|%2[Ee]){1,2}(?:[/?]|$)");

    /** The check of services that say nothing else: {@code GET /health}, good from 200 to 299. */
    public static final HealthCheck USUAL = http("/health", List.of(new Statuses(200, 299)));

    /** Opens a connection. */
    public static final HealthCheck TCP = new HealthCheck(Kind.TCP, null, List.of());

    /** Does nothing. */
    public static final HealthCheck OFF = new HealthCheck(Kind.OFF, null, List.of());

    /** Returns a check by a GET. */
    public static HealthCheck http(String path, List<Statuses> statuses) {
        return new HealthCheck(Kind.HTTP, path, List.copyOf(statuses));
    }

    /** Returns whether an answer with this status is good. */
    public boolean isGood(int status) {
        for (Statuses range : statuses) {
            if (status >= range.lowest && status <= range.highest) {
                return true;
            }
        }
        return false;
    }

    /** Returns the path without its query, which may hold a secret. */
    public String pathWithoutQuery() {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /**
     * Reads a path and its query, as they are sent.
     *
     * @throws IllegalArgumentException if it isn't a path of RFC 3986 that begins with a slash and has no segment of
     * dots, or is longer than {@value #LONGEST_PATH} characters
     */
    public static String path(String text) {
        if (text.length() > LONGEST_PATH
                || !PATH.matcher(text).matches()
                || DOTS.matcher(text).find()) {
            throw new IllegalArgumentException("expected a path that begins with a slash, like /healthz");
        }
        return text;
    }

    /**
     * Reads a status, a range, or several with commas between them: {@code 200-399,401}.
     *
     * @throws IllegalArgumentException if a part is neither, or not within 200 to 599
     */
    public static List<Statuses> statuses(String text) {
        if (text.length() > LONGEST_STATUSES) {
            throw statusesExpected();
        }
        List<Statuses> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.strip().split("-", 2);
            int lowest = status(ends[0]);
            int highest = ends.length == 1 ? lowest : status(ends[1]);
            if (lowest > highest) {
                throw statusesExpected();
            }
            ranges.add(new Statuses(lowest, highest));
        }
        return ranges;
    }

    private static int status(String text) {
        if (!STATUS.matcher(text).matches()) {
            throw statusesExpected();
        }
        return Integer.parseInt(text);
    }

    private static IllegalArgumentException statusesExpected() {
        return new IllegalArgumentException("expected statuses from 200 to 599, like 204, 200-399 or 200-299,401");
    }

    /** Returns the good statuses in the form that {@link #statuses} reads. */
    public String statusText() {
        return statuses.stream().map(Statuses::toString).collect(Collectors.joining(","));
    }

    /**
     * Reads {@code tcp}, {@code off}, or a path with the good statuses behind it, like {@code /healthz 200-399}; without
     * these, they are 200 to 299.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static HealthCheck parse(String text) {
        switch (text) {
            case "tcp":
                return TCP;
            case "off":
                return OFF;
            default:
                String[] parts = text.split(" ", 2);
                if (!text.startsWith("/")) {
                    throw new IllegalArgumentException(
                            "expected tcp, off, or a path and statuses like /healthz 200-399");
                }
                return http(path(parts[0]), parts.length == 1 ? USUAL.statuses : statuses(parts[1]));
        }
    }

    /** Returns the form that {@link #parse} reads: {@code /healthz 200-399}, {@code tcp}, {@code off}. */
    @Override
    public String toString() {
        return switch (kind) {
            case HTTP -> path + " " + statusText();
            case TCP -> "tcp";
            case OFF -> "off";
        };
    }
}
