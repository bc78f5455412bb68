package gateway.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads settings one after another and complains of all the bad ones at once. */
public final class SettingsReader {
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    public SettingsReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The setting's value; the default one if it is bad, which {@link #finish} then reports. */
    public <T> T read(Setting<T> setting) {
        String text = text(setting);
        if (text.isBlank()) {
            return setting.parser().apply(setting.defaultText());
        }
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            complain(setting, text, e.getMessage());
            return setting.parser().apply(setting.defaultText());
        }
    }

    /** The setting's text; empty if it isn't set. */
    String text(Setting<?> setting) {
        return environment.getOrDefault(setting.name(), "");
    }

    /** Adds a problem that only shows when several settings are seen together. */
    void complain(Setting<?> setting, String text, String expected) {
        problems.add(setting.name() + "=" + (setting.secret() ? "(hidden)" : text) + ": " + expected);
    }

    /** @throws InvalidSettings if any setting read so far was bad */
    public void finish() {
        if (!problems.isEmpty()) {
            throw new InvalidSettings(problems);
        }
    }
}
