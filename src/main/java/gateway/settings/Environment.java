package gateway.settings;

import java.util.List;

/**
 * What a program's environment says, as operators may see it.
 *
 * @param settings what holds for each setting, in the order of {@code --help}
 * @param unknown a line for each variable that looks like a setting and is none, without its value
 */
public record Environment(List<EffectiveSetting> settings, List<String> unknown) {
    /** Returns the settings that are set. */
    public List<EffectiveSetting> set() {
        return settings.stream()
                .filter(setting -> setting.source() == EffectiveSetting.Source.ENVIRONMENT)
                .toList();
    }

    /** Returns how many settings there are, since they are long. */
    @Override
    public String toString() {
        return "Environment[" + set().size() + " of " + settings.size() + " settings set]";
    }
}
