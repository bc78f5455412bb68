package gateway.settings;

import gateway.util.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The most requests in any period of a given length.
 *
 * @param requests 1 to 1,000,000
 * @param window 10 ms to 24 h
 */
public record Rate(int requests, Duration window) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Pattern NUMBER = Pattern.compile("\\d{1,7}");
    private static final int MOST = 1_000_000;

    /** The format that {@link #parse} accepts, for messages. */
    public static final String FORM =
            "N/duration with N from 1 to 1000000 and a duration from 10ms to 24h (ms, s, m or h), like 5/60s";

    /**
     * Reads {@code N/duration}, like {@code 5/60s}.
     *
     * @throws IllegalArgumentException if the text has another form or a part is out of range
     */
    public static Rate parse(String text) {
        String[] parts = text.strip().split("/", -1);
        if (parts.length != 2 || !NUMBER.matcher(parts[0]).matches()) {
            throw new IllegalArgumentException("expected " + FORM);
        }
        int requests = Integer.parseInt(parts[0]);
        if (requests < 1 || requests > MOST) {
            throw new IllegalArgumentException("expected " + FORM);
        }
        try {
            return new Rate(requests, Durations.parse(parts[1], SHORTEST, LONGEST));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + FORM, e);
        }
    }

    /**
     * Reads {@code N/duration}, or {@code off}, for which the result is empty.
     *
     * @throws IllegalArgumentException if the text has another form or a part is out of range
     */
    static Optional<Rate> parseOrOff(String text) {
        if (text.strip().equals("off")) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", or off", e);
        }
    }

    /** Returns the rate for people: {@code 5 req/min}, {@code 10 req/s}, {@code 7 req/30s}. */
    public String words() {
        String per = switch ((int) Math.min(window.toMillis(), Integer.MAX_VALUE)) {
            case 1_000 -> "s";
            case 60_000 -> "min";
            case 3_600_000 -> "h";
            default -> Durations.text(window);
        };
        return requests + " req/" + per;
    }

    /** Returns the rate in the form of the setting: {@code 5/60s}. */
    @Override
    public String toString() {
        return requests + "/" + Durations.text(window);
    }
}
