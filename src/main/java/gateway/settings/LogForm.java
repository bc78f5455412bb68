package gateway.settings;

import java.util.Optional;

/** The format of the access log. */
public enum LogForm {
    /** Lines for people and grep. */
    TEXT,
    /** One JSON object a line. */
    JSON;

    /**
     * Reads the setting; empty for {@code off}.
     *
     * @throws IllegalArgumentException saying what is expected
     */
    static Optional<LogForm> parse(String text) {
        return switch (text.strip()) {
            case "text" -> Optional.of(TEXT);
            case "json" -> Optional.of(JSON);
            case "off" -> Optional.empty();
            default -> throw new IllegalArgumentException("expected text, json or off");
        };
    }
}
