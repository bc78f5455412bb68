package gateway.settings;

import gateway.util.Durations;
import gateway.util.Sizes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting: the environment variable it is read from and how its text becomes a value.
 *
 * @param name the environment variable
 * @param defaultText the text that holds when the variable isn't set or is empty
 * @param meaning one line for {@code --help}: what it does, unit, edges
 * @param parser from text to value; throws IllegalArgumentException that says what is expected
 * @param secret whether the text may hold a password and so is never shown
 */
public record Setting<T>(String name, String defaultText, String meaning, Function<String, T> parser, boolean secret) {

    /** A setting whose text may be shown. */
    public Setting(String name, String defaultText, String meaning, Function<String, T> parser) {
        this(name, defaultText, meaning, parser, false);
    }

    /** A setting whose text may hold a password. Messages of its parser must not repeat it either. */
    public static <T> Setting<T> secret(String name, String defaultText, String meaning, Function<String, T> parser) {
        return new Setting<>(name, defaultText, meaning, parser, true);
    }

    /** A setting that is a duration between two others, both allowed. */
    public static Setting<Duration> duration(String name, String defaultText, String min, String max, String meaning) {
        return new Setting<>(
                name, defaultText, meaning, text -> Durations.parse(text, Durations.parse(min), Durations.parse(max)));
    }

    /** A setting that is a whole number between two others, both allowed. */
    public static Setting<Integer> integer(String name, String defaultText, int min, int max, String meaning) {
        return new Setting<>(name, defaultText, meaning, text -> integer(text, min, max));
    }

    private static Integer integer(String text, int min, int max) {
        String expected = "expected a whole number from " + min + " to " + max;
        try {
            int value = Integer.parseInt(text.strip());
            if (value < min || value > max) {
                throw new IllegalArgumentException(expected);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected);
        }
    }

    /** A setting that is a size in bytes between two others, both allowed. */
    public static Setting<Long> size(String name, String defaultText, long min, long max, String meaning) {
        return new Setting<>(name, defaultText, meaning, text -> Sizes.parse(text, min, max));
    }

    /** A setting that is true or false, and false if nothing is said. */
    public static Setting<Boolean> yesOrNo(String name, String meaning) {
        return new Setting<>(name, "false", meaning + ": true or false", text -> switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        });
    }

    /** The same setting, but nothing by default. */
    public static <T> Setting<Optional<T>> optional(Setting<T> setting) {
        return new Setting<>(
                setting.name,
                "",
                setting.meaning,
                text -> text.isBlank() ? Optional.empty() : Optional.of(setting.parser.apply(text)),
                setting.secret);
    }

    /** The line of {@code --help}. */
    public String help() {
        String shown = defaultText.isEmpty() ? "none" : defaultText;
        return String.format("  %-36s %s (default %s)", name, meaning, shown);
    }
}
