package gateway.check;

import gateway.service.ServiceSettings;
import gateway.settings.Settings;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds variables that look like settings but are none: without this, a misspelt setting would silently have no effect.
 */
final class SettingNames {
    private static final int ANY_PORT = 0;

    private SettingNames() {}

    static void show(Map<String, String> environment, Report report) {
        Set<String> known = Stream.of(Settings.HELP, ServiceSettings.help(ANY_PORT))
                .flatMap(String::lines)
                .map(line -> line.strip().split(" ")[0])
                .collect(Collectors.toSet());
        Set<String> set = environment.keySet().stream()
                .filter(name -> name.startsWith("GATEWAY_"))
                .collect(Collectors.toCollection(TreeSet::new));
        long used = set.stream().filter(known::contains).count();
        report.ok("settings: valid; " + used + " set, the others have their defaults");
        set.stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> report.note(name + " is no setting; --help lists all"));
    }
}
