package gateway.trace;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A span of time that {@link History} shows, from now back, and into which steps it is divided. */
public enum Span {
    /** A quarter of an hour, in steps of {@link History#STEP}. */
    QUARTER_HOUR("15m", Duration.ofMinutes(15), History.STEP),
    /** An hour. */
    HOUR("1h", Duration.ofHours(1), Duration.ofSeconds(15)),
    /** A day. */
    DAY("24h", Duration.ofHours(24), Duration.ofMinutes(5));

    private final String word;
    private final Duration length;
    private final Duration step;

    Span(String word, Duration length, Duration step) {
        this.word = word;
        this.length = length;
        this.step = step;
    }

    /** Returns its name in the API. */
    public String word() {
        return word;
    }

    /** Returns how long it is. */
    public Duration length() {
        return length;
    }

    /** Returns how long each of its steps lasts. */
    public Duration step() {
        return step;
    }

    /** Returns the span with this name. */
    public static Optional<Span> of(String word) {
        return Arrays.stream(values()).filter(span -> span.word.equals(word)).findFirst();
    }

    /** Returns all names, shortest span first, for people. */
    public static String words() {
        return Arrays.stream(values()).map(Span::word).collect(Collectors.joining(", "));
    }
}
