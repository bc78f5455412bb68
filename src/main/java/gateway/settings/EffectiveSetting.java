package gateway.settings;

import java.util.Locale;

/**
 * What holds for a setting, as operators may see it.
 *
 * @param name the environment variable
 * @param value the text that holds, without secrets; empty if the setting isn't set and has no default
 * @param source where it comes from
 * @param secret whether the text may hold a secret, which the value leaves out
 */
public record EffectiveSetting(String name, String value, Source source, boolean secret) {
    /** Where a setting's text comes from. */
    public enum Source {
        /** The variable isn't set, or is empty. */
        DEFAULT,
        /** The environment variable. */
        ENVIRONMENT;

        /** Returns the name in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param text what the environment has; blank if nothing */
    static EffectiveSetting of(Setting<?> setting, String text) {
        return text.isBlank()
                ? new EffectiveSetting(setting.name(), setting.defaultText(), Source.DEFAULT, setting.secret())
                : new EffectiveSetting(
                        setting.name(), setting.shown().apply(text), Source.ENVIRONMENT, setting.secret());
    }
}
