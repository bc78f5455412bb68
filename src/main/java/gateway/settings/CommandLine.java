package gateway.settings;

import gateway.util.Release;
import gateway.util.Suggestion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a main takes on its command line and from the environment: for {@code --help}, and for the answer to what it
 * doesn't take.
 *
 * @param main the class that is launched
 * @param title the program's name for {@code --version}
 * @param options its options beside {@code --help} and {@code --version}
 * @param takesPort whether it takes a port as argument
 * @param names its settings
 */
public record CommandLine(String main, String title, List<Option> options, boolean takesPort, SettingNames names) {
    /** Prints what the program takes. */
    public static final String HELP = "--help";
    /** Prints which program this is. */
    public static final String VERSION = "--version";

    /**
     * An option.
     *
     * @param form the option as it is written, with names for its values
     * @param meaning what it does; several lines if it is long
     * @param example a command
     */
    public record Option(String form, String meaning, String example) {
        private Stream<String> names() {
            return Stream.of(form.split(" ")).filter(word -> word.startsWith("--"));
        }

        private String help() {
            return "  " + form + "\n" + meaning.indent(6) + "      " + example;
        }
    }

    /** Returns the line that says how to launch the program. */
    public String usage() {
        return "java " + main + ".java" + (takesPort ? " [port]" : "")
                + options.stream().map(option -> " [" + option.form() + "]").collect(Collectors.joining())
                + " [" + HELP + "] [" + VERSION + "]";
    }

    /** Returns what {@code --help} prints. */
    public String help() {
        String described = options.stream().map(option -> option.help() + "\n").collect(Collectors.joining());
        return usage() + "\n" + (described.isEmpty() ? "" : "\n" + described)
                + "\nSettings, read from the environment; docs/settings.md says more:\n\n"
                + names.groups().stream().map(SettingGroup::help).collect(Collectors.joining("\n\n"));
    }

    /** Returns what {@code --version} prints: the name, the version, and the Java that runs it. */
    public String version() {
        return title + " " + Release.VERSION + ", Java " + System.getProperty("java.version");
    }

    /** Returns what is wrong with the first argument that the program doesn't take; empty if it takes all. */
    public Optional<String> complaint(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            if (i > 0 || !takesPort || arguments.get(i).startsWith("-")) {
                return Optional.of(unknown(arguments.get(i)) + "expected " + usage());
            }
        }
        return Optional.empty();
    }

    /** Returns which setting is meant by what looks like a port, since services take one as argument. */
    private String portHint(String argument) {
        String setting = names.prefix() + "PORT";
        boolean isSetting = names.groups().stream()
                .flatMap(group -> group.settings().stream())
                .anyMatch(each -> each.name().equals(setting));
        return isSetting && argument.matches("\\d{1,5}") && !takesPort
                ? "for this port, set " + setting + "=" + argument + "; "
                : "";
    }

    /** Returns the beginning of a sentence that names an unknown argument and the option that is like it, if one is. */
    public String unknown(String argument) {
        List<String> known = Stream.concat(options.stream().flatMap(Option::names), Stream.of(HELP, VERSION))
                .filter(name -> !name.equals(argument))
                .toList();
        return "unknown argument " + (argument.isEmpty() ? "\"\"" : argument) + "; "
                + portHint(argument)
                + Suggestion.of(argument, known)
                        .map(name -> "did you mean " + name + "? ")
                        .orElse("");
    }
}
