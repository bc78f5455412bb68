import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.service.ServiceSettings;
import gateway.settings.InvalidSettings;
import gateway.settings.Setting;
import gateway.settings.SettingGroups;
import gateway.settings.Settings;
import gateway.util.Durations;
import gateway.util.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README and docs/ say what is so: settings, files, links; {@link DocsCommandsTest} runs their commands. */
class DocsTest {
    private static final Path SETTINGS = Path.of("docs", "settings.md");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?://)([^)#]*)(#[^)]*)?\\)");
    private static final Pattern RANGE = Pattern.compile("(\\S+) to ([^\\s,]+)(, `off`)?");
    private static final Pattern WORDS = Pattern.compile("`[^`]+`(, `[^`]+`)*");

    /** A row of docs/settings.md. */
    private record Row(String name, String defaultText, String values, String meaning, boolean ofService) {
        @Override
        public String toString() {
            return name + (ofService ? " of a service" : "");
        }

        /** Whether a gateway or service that has it set to this text starts. */
        boolean takes(String text) {
            try {
                if (ofService) {
                    ServiceSettings.from(Map.of(name, text), List.of(), 8001);
                } else {
                    Settings.from(Map.of(name, text));
                }
                return true;
            } catch (InvalidSettings e) { // it may also be that another one has to be set, too
                return !e.getMessage().contains(name + "=" + text + ": expected");
            }
        }
    }

    static List<Row> settings() throws IOException {
        List<Row> rows = new ArrayList<>();
        boolean ofService = false;
        for (String line : Files.readAllLines(SETTINGS)) {
            ofService |= line.equals("## The services");
            if (line.startsWith("| `")) {
                String[] cells = line.substring(2, line.length() - 2).split(" \\| ", -1);
                assertEquals(4, cells.length, line);
                rows.add(new Row(cells[0].replace("`", ""), cells[1], cells[2], cells[3], ofService));
            }
        }
        return rows;
    }

    @Test
    void the_settings_are_those_of_help() throws Exception {
        assertEquals(
                Stream.concat(SettingGroups.OF_GATEWAY.stream(), ServiceSettings.names(8001).groups().stream())
                        .flatMap(group -> group.settings().stream())
                        .map(setting -> setting.help().replace("(default 8001)", "(default 8001, 8002, 8003)"))
                        .map(line -> line.strip().replaceAll(" +", " "))
                        .sorted()
                        .collect(Collectors.joining("\n")),
                settings().stream()
                        .map(row -> row.name() + " " + row.meaning() + " (default " + row.defaultText() + ")")
                        .sorted()
                        .collect(Collectors.joining("\n")),
                "docs/settings.md has other settings, defaults or meanings than --help");
    }

    @Test
    void the_groups_are_those_of_help_in_the_same_order() throws Exception {
        List<String> documented = Files.readAllLines(SETTINGS).stream()
                .takeWhile(line -> !line.equals("## The services"))
                .filter(line -> line.startsWith("### ") || line.startsWith("| `"))
                .map(line -> line.replaceAll("^### ", "").replaceAll("^\\| `(\\w+)`.*", "$1"))
                .toList();
        List<String> shown = SettingGroups.OF_GATEWAY.stream()
                .flatMap(group -> Stream.concat(
                        Stream.of(group.title()), group.settings().stream().map(Setting::name)))
                .toList();
        assertEquals(String.join("\n", shown), String.join("\n", documented));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_setting_takes_the_values_that_are_named_and_no_others(Row row) {
        Matcher range = RANGE.matcher(row.values());
        if (range.matches()) {
            assertTrue(row.takes(range.group(1)), range.group(1));
            assertTrue(row.takes(range.group(2)), range.group(2));
            assertEquals(range.group(3) != null, row.takes("off"), "off");
            beyond(range.group(1), -1).forEach(text -> assertFalse(row.takes(text), text));
            beyond(range.group(2), 1).forEach(text -> assertFalse(row.takes(text), text));
        } else if (WORDS.matcher(row.values()).matches()) {
            Stream.of(row.values().split(", ")).forEach(word -> assertTrue(row.takes(word.replace("`", "")), word));
            assertFalse(row.takes("neither"));
        }
    }

    /** The values next to this one, in this direction: -1 is down, 1 is up. */
    private static List<String> beyond(String end, int step) {
        if (end.contains("/")) {
            String[] parts = end.split("/");
            return List.of(
                    Integer.parseInt(parts[0]) + step + "/" + parts[1],
                    parts[0] + "/" + beyond(parts[1], step).get(0));
        }
        if (end.matches("\\d+")) {
            return List.of("" + (Integer.parseInt(end) + step));
        }
        if (end.endsWith("B")) {
            return List.of("" + (Sizes.parse(end, 0, Long.MAX_VALUE) + step));
        }
        Duration duration = Durations.parse(end);
        return List.of(duration.toMillis() + step + "ms");
    }

    @Test
    void every_setting_that_is_mentioned_exists() throws Exception {
        Set<String> names = new HashSet<>(Set.of("SERVICE_ERROR_RATE"));
        settings().forEach(row -> names.add(row.name()));
        for (Path file : Docs.files()) {
            Matcher mention =
                    Pattern.compile("\\b((?:GATEWAY|SERVICE)_[A-Z_]+)(\\*?)").matcher(Files.readString(file));
            while (mention.find()) {
                String name = mention.group(1);
                assertTrue(
                        mention.group(2).isEmpty()
                                ? names.contains(name)
                                : names.stream().anyMatch(known -> known.startsWith(name)),
                        file + " mentions " + mention.group());
            }
        }
    }

    @Test
    void every_command_is_run_by_a_test_or_says_why_not() throws Exception {
        Set<String> run = new HashSet<>(DocsCommandsTest.SCENES);
        run.addAll(List.of(DemoTest.SCENE, RecipesTest.SCENE));
        Set<String> found = new HashSet<>();
        for (Path file : Docs.files()) {
            for (Docs.Fence fence : Docs.fences(file)) {
                assertTrue(
                        fence.isCommands() || Set.of("", "java", "json", "yaml").contains(fence.language()),
                        fence.place() + ": expected sh or console for commands");
                if (fence.isCommands() && !fence.notRun()) {
                    assertTrue(
                            run.contains(fence.scene()),
                            fence.place() + ": no test runs \"" + fence.text()
                                    + "\"; name a scene behind the language, one of " + run
                                    + ", or say before the fence: <!-- not run: why -->");
                    found.add(fence.scene());
                }
            }
        }
        assertEquals(run, found, "each scene has commands");
    }

    @Test
    void links_lead_somewhere_and_every_document_is_linked() throws Exception {
        Set<Path> linked = new HashSet<>(Set.of(Docs.README));
        for (Path file : Docs.files()) {
            Matcher link = LINK.matcher(withoutFences(file));
            while (link.find()) {
                Path target = link.group(1).isEmpty()
                        ? file
                        : file.resolveSibling(link.group(1)).normalize();
                assertTrue(Files.exists(target), file + " has a link to " + link.group(1));
                if (link.group(2) != null) {
                    Set<String> anchors = anchors(target);
                    assertTrue(
                            anchors.contains(link.group(2)),
                            file + " has a link to " + link.group() + " of " + anchors);
                }
                linked.add(target);
            }
        }
        for (Path file : Docs.files()) {
            assertTrue(linked.contains(file), "nothing links to " + file);
        }
    }

    /** What GitHub makes of the headings: lower case, dashes for spaces, without punctuation. */
    private static Set<String> anchors(Path file) throws IOException {
        return withoutFences(file)
                .lines()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> "#"
                        + line.replaceAll("^#+ ", "")
                                .toLowerCase(java.util.Locale.ROOT)
                                .replaceAll("[^a-z0-9 _-]", "")
                                .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String withoutFences(Path file) throws IOException {
        return Files.readString(file).replaceAll("(?ms)^ *```.*?^ *```$", "");
    }

    @Test
    void the_java_lines_are_those_of_the_services() throws Exception {
        List<Docs.Fence> java = Docs.fences(Docs.README).stream()
                .filter(fence -> fence.language().equals("java"))
                .toList();
        assertEquals(1, java.size());
        List<String> shown = java.get(0).lines().stream()
                .map(String::strip)
                .filter(line -> !line.equals("..."))
                .toList();
        for (String service : List.of("ServiceA.java", "ServiceB.java", "ServiceC.java")) {
            List<String> code = Files.readAllLines(Path.of(service)).stream()
                    .map(String::strip)
                    .toList();
            assertTrue(code.containsAll(shown), service + " has " + shown);
        }
    }

    @Test
    void files_that_are_named_exist() throws Exception {
        Pattern named = Pattern.compile("`((?:src|docs|bench|findings)(?:/[\\w.-]+)*|[A-Z][A-Za-z]+\\.java)`");
        for (Path file : Docs.files()) {
            Matcher matcher = named.matcher(Files.readString(file));
            while (matcher.find()) {
                assertTrue(Files.exists(Path.of(matcher.group(1))), file + " names " + matcher.group(1));
            }
        }
    }

    @Test
    void the_packages_are_those_of_the_sources() throws Exception {
        Set<String> shown = Files.readAllLines(Path.of("docs", "development.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.replaceAll("^\\| `(\\w+)`.*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> packages = Files.list(Path.of("src", "main", "java", "gateway"))) {
            assertEquals(
                    packages.map(folder -> folder.getFileName().toString())
                            .collect(Collectors.toCollection(TreeSet::new)),
                    shown);
        }
    }
}
