package gateway.settings;

import java.util.List;

/**
 * Thrown for settings or arguments that can't be used; the message has a line for each, with its name, its value and
 * what is expected.
 */
public final class InvalidSettings extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InvalidSettings(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
