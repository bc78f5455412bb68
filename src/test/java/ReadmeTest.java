import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.service.ServiceSettings;
import gateway.settings.Settings;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README is run: its commands as written, on other ports, and its output compared but for what varies. */
class ReadmeTest {
    private static final String SCRIPT = "./run.sh";

    /** A command and the output that the README shows for it. */
    private record Shown(String command, String output) {}

    private static List<String> readme() throws IOException {
        return Files.readAllLines(Path.of("README.md"));
    }

    /** The commands between such fences. */
    private static List<Shown> commands(String fence) throws IOException {
        List<Shown> commands = new ArrayList<>();
        boolean inside = false;
        for (String line : readme()) {
            if (line.startsWith("```")) {
                inside = line.equals(fence);
            } else if (inside && line.startsWith("$ ")) {
                commands.add(new Shown(line.substring(2), ""));
            } else if (inside) {
                Shown last = commands.remove(commands.size() - 1);
                commands.add(new Shown(last.command(), last.output() + line + "\n"));
            }
        }
        return commands;
    }

    /** Replaces what differs from run to run: times, ids, counts, ports. The number of digits of a length, too. */
    private static String withoutWhatVaries(String output) {
        return output.replaceAll("\\r", "")
                .replaceAll("\\[1]\\+ +Terminated.*", "") // the shell's word on the ended python
                .replaceAll("Date: .*", "Date: then")
                .replaceAll("X-Request-ID: [0-9a-f]{32}", "X-Request-ID: some")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "then")
                .replaceAll(
                        "(RateLimit: .*;t=|Retry-After: |\"retry_after\":|again in |\"reset_in_seconds\":)\\d+",
                        "$1soon")
                .replaceAll(
                        "(X-RateLimit-Reset: |Content-Length: |[a-z]_ms\":|random_value\":|\"bytes\":)[\\d.]+",
                        "$1some")
                .replaceAll("(_id\":\")[0-9a-f]{32}", "$1some")
                .replaceAll("\"id\":\"[0-9a-f]{16}\",\"address\":\"[^\"]*\"", "some gateway")
                .replaceAll("(reused_connection\":)(true|false)", "$1either")
                .strip();
    }

    /** Where the README's ports are in a test: as far from the first one there as they are from 8000 in the README. */
    private record Ports(int first) {
        private static final Pattern SHOWN = Pattern.compile("\\b80(?:0[0-4]|10|20)\\b");

        String there(String text) {
            return SHOWN.matcher(text).replaceAll(port -> "" + (Integer.parseInt(port.group()) + first - 8000));
        }

        String shown(String text) {
            return Pattern.compile("\\b\\d{5}\\b").matcher(text).replaceAll(number -> {
                String port = "" + (Integer.parseInt(number.group()) - first + 8000);
                return SHOWN.matcher(port).matches() ? port : number.group();
            });
        }
    }

    private static Map<String, String> environment(Ports ports) throws IOException {
        for (String tool : List.of("bash", "curl", "python3", "seq")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(":"))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
                    tool + " isn't there to run the README's commands with");
        }
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the tour uses Linux's 127.0.0.2");
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
        Map<String, String> environment = new HashMap<>(RunScriptTest.environment(ports.first()));
        environment.keySet().removeAll(List.of("GATEWAY_HOST", "GATEWAY_URL", "GATEWAY_HEALTH_INTERVAL"));
        environment.put("SERVICE_PORT", "" + (ports.first() + 1));
        return environment;
    }

    /** Runs the commands one after another in one shell and compares what they say. */
    private static void compare(List<Shown> commands, Ports ports) throws Exception {
        Path site = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "site");
        StringBuilder script = new StringBuilder("set -m\n");
        for (Shown shown : commands) {
            String command =
                    shown.command().replaceAll("\\bcurl -i\\b", "curl -s -i").replace("/tmp/site", site.toString());
            script.append(ports.there(command)).append("\necho; echo '<<<>>>'\n");
        }
        try (Launched shell = Launched.start(Map.of(), "bash", "-c", script.toString())) {
            assertEquals(0, shell.exitCode(), shell.output());
            String[] outputs = ports.shown(shell.output()).split("<<<>>>");
            for (int i = 0; i < commands.size(); i++) {
                assertEquals(
                        withoutWhatVaries(commands.get(i).output()),
                        withoutWhatVaries(outputs[i]),
                        commands.get(i).command());
            }
        }
    }

    @Test
    void every_command_shows_what_the_readme_shows() throws Exception {
        Ports ports = new Ports(Launched.freePorts(5));
        Map<String, String> environment = environment(ports);
        List<Shown> commands = commands("```console");
        assertTrue(commands.size() >= 15, "the README's commands were found");
        try (Launched fleet = Launched.start(environment, SCRIPT)) {
            fleet.line("ready   | ");
            compare(commands, ports);
            fleet.signal("INT");
            assertEquals(0, fleet.exitCode(), fleet.output());
        }
    }

    @Test
    @Tag("redis")
    void every_command_of_the_step_with_several_gateways_shows_what_the_readme_shows() throws Exception {
        Ports ports = new Ports(Launched.freePorts(21));
        Map<String, String> environment = environment(ports);
        environment.put("REDIS_PORT", "" + TestBackend.deadPort());
        environment.put("GATEWAY_REDIS_TIMEOUT", "5s"); // this machine may be busy
        List<Shown> commands = commands("```console cluster");
        assertTrue(commands.size() >= 5, "the README's commands were found");
        try (Launched cluster = Launched.start(environment, SCRIPT, "cluster")) {
            cluster.line("ready   | ");
            compare(commands, ports);
            cluster.signal("INT");
            assertEquals(0, cluster.exitCode(), cluster.output());
        }
    }

    @Test
    void the_settings_tables_are_the_settings() throws Exception {
        List<String> rows = readme().stream()
                .filter(line -> line.matches("\\| `(GATEWAY|SERVICE)_.*"))
                .map(line -> line.replaceAll("[|`]", " ").replaceAll(" +", " ").strip())
                .toList();
        List<String> settings = Stream.concat(
                        Settings.HELP.lines(), ServiceSettings.help(8001).lines())
                .map(line ->
                        line.strip().replaceAll(" +", " ").replaceAll("^(\\S+) (.*) \\(default (.*)\\)$", "$1 $3 $2"))
                .map(line -> line.replace("SERVICE_PORT 8001 ", "SERVICE_PORT 8001, 8002, 8003 "))
                .toList();
        assertEquals(String.join("\n", settings), String.join("\n", rows));
    }

    @Test
    void the_java_lines_are_those_of_the_services() throws Exception {
        List<String> lines = readme();
        int start = lines.indexOf("```java");
        List<String> shown = lines.subList(start + 1, lines.size()).stream()
                .takeWhile(line -> !line.equals("```"))
                .filter(line -> !line.equals("..."))
                .map(String::strip)
                .toList();
        for (String service : List.of("ServiceA.java", "ServiceB.java", "ServiceC.java")) {
            List<String> code = Files.readAllLines(Path.of(service)).stream()
                    .map(String::strip)
                    .toList();
            assertTrue(code.containsAll(shown), service + " has " + shown);
        }
    }

    @Test
    void what_the_readme_names_is_there() throws Exception {
        for (String line : readme()) {
            var matcher = Pattern.compile("`((?:gateway|test)(?:/[A-Za-z.]+)*|[A-Z][A-Za-z]+\\.java)`")
                    .matcher(line);
            while (matcher.find()) {
                assertTrue(Files.exists(Path.of(matcher.group(1))), matcher.group(1));
            }
        }
    }
}
