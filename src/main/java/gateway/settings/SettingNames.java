package gateway.settings;

import gateway.util.Suggestion;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The names of a program's settings, to find environment variables that look like settings but are none: without this, a
 * misspelt setting would silently have no effect.
 *
 * @param prefix what the names of the program's settings begin with
 * @param groups the program's settings
 * @param others names with this prefix that other programs read
 */
public record SettingNames(String prefix, List<SettingGroup> groups, List<String> others) {

    /**
     * Returns a line for each variable that has the prefix and is no setting, in the order of their names: {@code
     * GATEWAY_RATE_LIMT: unknown setting; did you mean GATEWAY_RATE_LIMIT?} So is a setting's name in small letters. No
     * line has a value, which may be a secret.
     * {@link ServiceLinks} are left out.
     */
    public List<String> unknown(Map<String, String> environment) {
        Map<String, String> known = new LinkedHashMap<>(); // by what follows the prefix, which all have
        all().filter(name -> name.startsWith(prefix)).forEach(name -> known.put(rest(name), name));
        return environment.entrySet().stream()
                .filter(variable -> !ServiceLinks.isOne(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .filter(name -> name.startsWith(prefix)
                        ? !known.containsKey(rest(name))
                        : known.containsValue(name.toUpperCase(Locale.ROOT)))
                .sorted()
                .map(name -> name + ": unknown setting; "
                        + Suggestion.of(
                                        rest(name.startsWith(prefix) ? name : name.toUpperCase(Locale.ROOT)),
                                        known.keySet())
                                .map(rest -> "did you mean " + known.get(rest) + "?")
                                .orElse("--help lists them"))
                .toList();
    }

    /** Returns the names of all settings that are known. */
    private Stream<String> all() {
        Stream<String> own = groups.stream()
                .map(SettingGroup::settings)
                .flatMap(Collection::stream)
                .map(Setting::name);
        return Stream.concat(own, others.stream());
    }

    private String rest(String name) {
        return name.substring(prefix.length());
    }
}
