package gateway.settings;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Settings that belong together.
 *
 * @param title a heading for them, without punctuation
 */
public record SettingGroup(String title, List<Setting<?>> settings) {
    /** Returns the group's lines in {@code --help}: its title, then a line for each setting. */
    String help() {
        return Stream.concat(Stream.of(title + ":"), settings.stream().map(Setting::help))
                .collect(Collectors.joining("\n"));
    }
}
