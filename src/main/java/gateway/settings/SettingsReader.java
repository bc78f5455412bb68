package gateway.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads settings one after another, and reports all invalid ones together. */
public final class SettingsReader {
    private static final String HIDDEN = "(hidden)";
    private static final String PEM = "-----BEGIN"; // a key where a file's path belongs
    /** Also of a URL without a scheme, but not of a file's path. */
    private static final Pattern PASSWORD =
            Pattern.compile("(://|^(?!/(?!/)|[.]|[^:]*://)(?=[^@]*:)).*@", Pattern.DOTALL);

    private static final Pattern ANY_QUERY = Pattern.compile("(://[^?#]*[?#]).+", Pattern.DOTALL);
    private static final Pattern USER = Pattern.compile("://[^\\s,]*@");
    private static final Pattern QUERY = Pattern.compile("(://[^\\s,?]*)\\?[^\\s,]+");

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

    /** Returns the setting's text; empty if it isn't set, or only by a {@link ServiceLinks link}. */
    String text(Setting<?> setting) {
        String text = environment.getOrDefault(setting.name(), "");
        return ServiceLinks.isOne(setting.name(), text) ? "" : text;
    }

    /** Reports a problem that shows only when several settings are seen together. */
    void report(Setting<?> setting, String text, String expected) {
        if (setting.secret() || text.contains(PEM)) {
            problems.add(setting.name() + "=" + HIDDEN + ": " + expected);
        } else {
            problems.add(setting.name() + "=" + withoutSecret(text) + ": " + withoutSecrets(expected));
        }
    }

    /**
     * Returns a setting's text without what could be a user, a password or a query of a URL. They don't belong there but
     * may be secret, and a password may have any character: so all is hidden up to the last {@code @}, even if that hides
     * further URLs of a list.
     */
    private static String withoutSecret(String text) {
        String open = PASSWORD.matcher(text).replaceFirst("$1" + HIDDEN + "@");
        return ANY_QUERY.matcher(open).replaceFirst("$1" + HIDDEN);
    }

    /** Returns a sentence without the users, passwords and queries of URLs in it. */
    private static String withoutSecrets(String text) {
        String open = USER.matcher(text).replaceAll("://" + HIDDEN + "@");
        return QUERY.matcher(open).replaceAll("$1?" + HIDDEN);
    }

    /** Returns what the environment says for all these settings, without secrets; nothing if any read so far is invalid. */
    Environment environment(SettingNames names) {
        if (!problems.isEmpty()) {
            return new Environment(List.of(), List.of());
        }
        return new Environment(
                names.groups().stream()
                        .flatMap(group -> group.settings().stream())
                        .map(setting -> EffectiveSetting.of(setting, text(setting)))
                        .toList(),
                names.unknown(environment));
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
