package gateway.settings;

import gateway.util.Durations;
import gateway.util.Sizes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A setting: the environment variable that it is read from, and how its text becomes a value.
 *
 * @param name the environment variable
 * @param defaultText the text to use if the variable isn't set or is empty
 * @param meaning the line for {@code --help}: what it does, units, limits
 * @param parser turns the text into a value; throws IllegalArgumentException with what is expected
 * @param secret whether the text may hold a password and must never be shown as it is
 * @param shown turns a valid text into what may be shown of it
 */
public record Setting<T>(
        String name,
        String defaultText,
        String meaning,
        Function<String, T> parser,
        boolean secret,
        UnaryOperator<String> shown) {

    /** What is shown in place of a secret. */
    static final String HIDDEN = "(set, not shown)";

    /** Makes a setting whose text may be shown. */
    public Setting(String name, String defaultText, String meaning, Function<String, T> parser) {
        this(name, defaultText, meaning, parser, false, String::strip);
    }

    /** Returns a setting whose text is a secret. The messages of its parser must not repeat it either. */
    public static <T> Setting<T> secret(String name, String defaultText, String meaning, Function<String, T> parser) {
        return secret(name, defaultText, meaning, parser, text -> HIDDEN);
    }

    /**
     * Returns a setting whose text may hold a secret. The messages of its parser must not repeat it either.
     *
     * @param shown turns a valid text into what may be shown of it
     */
    static <T> Setting<T> secret(
            String name, String defaultText, String meaning, Function<String, T> parser, UnaryOperator<String> shown) {
        return new Setting<>(name, defaultText, meaning, parser, true, shown);
    }

    /** Returns a setting for a duration between two bounds, both included. */
    public static Setting<Duration> duration(String name, String defaultText, String min, String max, String meaning) {
        String example = defaultText.startsWith("0") ? max : defaultText;
        return new Setting<>(name, defaultText, meaning, text -> {
            try {
                return Durations.parse(text, Durations.parse(min), Durations.parse(max));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "expected a whole number with ms, s, m or h, from " + min + " to " + max + ", like " + example);
            }
        });
    }

    /**
     * Returns a setting for a whole number between two bounds, both included.
     *
     * @param defaultText also the example when a value is bad; {@link #optional} keeps the example alone
     */
    public static Setting<Integer> integer(String name, String defaultText, int min, int max, String meaning) {
        return new Setting<>(name, defaultText, meaning, text -> integer(text, min, max, defaultText));
    }

    private static Integer integer(String text, int min, int max, String example) {
        String expected = "expected a whole number from " + min + " to " + max + ", like " + example;
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

    /** Returns a setting for a size between two bounds in bytes, both included. */
    public static Setting<Long> size(String name, String defaultText, long min, long max, String meaning) {
        return new Setting<>(name, defaultText, meaning, text -> {
            try {
                return Sizes.parse(text, min, max);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("expected a whole number with B, KB, MB or GB, from "
                        + Sizes.text(min) + " to " + Sizes.text(max) + ", like " + defaultText);
            }
        });
    }

    /** Returns a setting that is true or false, by default false. */
    public static Setting<Boolean> yesOrNo(String name, String meaning) {
        return new Setting<>(name, "false", meaning + ": true or false", text -> switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        });
    }

    /** Returns the same setting without a default: empty if it isn't set. */
    public static <T> Setting<Optional<T>> optional(Setting<T> setting) {
        return new Setting<>(
                setting.name,
                "",
                setting.meaning,
                text -> text.isBlank() ? Optional.empty() : Optional.of(setting.parser.apply(text)),
                setting.secret,
                setting.shown);
    }

    /** Returns the setting's line in {@code --help}. */
    public String help() {
        String shown = defaultText.isEmpty() ? "none" : defaultText;
        return String.format("  %-36s %s (default %s)", name, meaning, shown);
    }
}
