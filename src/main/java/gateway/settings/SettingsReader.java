package gateway.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads settings one after another, and reports all invalid ones together. */
public final class SettingsReader {
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    public SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Returns the setting's value; if it is invalid, returns the default, and {@link #finish} reports it. */
    public <T> T read(Setting<T> setting) {
        String text = text(setting);
        if (text.isBlank()) {
            return setting.parser().apply(setting.defaultText());
        }
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            report(setting, text, e.getMessage());
            return setting.parser().apply(setting.defaultText());
        }
    }

    /** Returns the setting's text; empty if it isn't set. */
    String text(Setting<?> setting) {
        return environment.getOrDefault(setting.name(), "");
    }

    /** Reports a problem that shows only when several settings are seen together. */
    void report(Setting<?> setting, String text, String expected) {
        problems.add(setting.name() + "=" + (setting.secret() ? "(hidden)" : text) + ": " + expected);
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidSettings if any setting read so far is invalid
     */
    public void finish() {
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
    }
}
