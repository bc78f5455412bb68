import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.Await;
import gateway.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The commands of the README and docs/ are run as written, on other ports and with other files. A fence of "sh" has a
 * terminal of its own; the commands of all "console" fences of a scene are run in one shell, and their output is
 * compared but for what varies.
 */
@ResourceLock("run.sh")
@Tag("process")
class DocsCommandsTest {
    @TempDir
    private static Path folders;

    /** All scenes that are run here. */
    static final Set<String> SCENES = Set.of("fleet", "terminals", "cluster", "crashed", "token", "tls", "launch");

    /** A command and the output that is shown for it. */
    private record Shown(String command, String output) {}

    /** Where the documents' ports are in a test: as far from the first one there as they are from 8000 in the text. */
    private record Shift(int first) {
        private static final Pattern SHOWN = Pattern.compile("\\b80(?:0[0-4]|10|20|80)\\b");

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

    /** The terminals of a scene. */
    private static final class Scene implements AutoCloseable {
        final Shift ports;
        final Map<String, String> environment;
        private final Path folder;
        private final Deque<Launched> open = new ArrayDeque<>();

        /** @param offsets the ports that it needs, as distances from the first one: 0, 1 and so on */
        Scene(int... offsets) throws IOException {
            ports = new Shift(Ports.reserved(offsets));
            folder = Files.createTempDirectory(folders, "docs");
            environment = new HashMap<>(Map.of(
                    "JAVA_HOME",
                    Program.HOME,
                    "PATH",
                    Program.HOME + "/bin:" + System.getenv("PATH"),
                    "GATEWAY_HEALTH_TIMEOUT", // this machine may be busy
                    "10s",
                    "GATEWAY_PORT",
                    "" + ports.first(),
                    "GATEWAY_URL",
                    ports.there("http://localhost:8000"),
                    "SERVICE_PORT",
                    "" + (ports.first() + 1)));
        }

        /** Types what is to be typed, and waits until it has ended with 0, or is up. */
        Launched type(Docs.Fence fence) throws Exception {
            String up = up(fence.text());
            String script = up == null // else a signal must reach the command itself, not a shell round it
                    ? fence.text()
                    : fence.text().replaceAll("(?m)^(?:(.*&& )|)(.*)\\z", "$1exec env $2");
            Launched terminal = Launched.start(environment, "bash", "-c", there(script));
            if (up == null) {
                try (terminal) {
                    assertEquals(0, terminal.exitCode(), fence.place() + ": " + terminal.output());
                }
            } else {
                open.push(terminal);
                terminal.line(up);
            }
            return terminal;
        }

        /** The line of a command that goes on until Ctrl-C when it is up; null for one that ends. */
        private static String up(String commands) {
            String last = commands.substring(commands.lastIndexOf('\n') + 1);
            if (last.matches("(.* )?\\./run\\.sh( cluster)?")) {
                return "ready   | ";
            }
            if (last.matches(".*(\\./run\\.sh gateway|java GatewayApp\\.java)")) {
                return "is ready on port";
            }
            return last.matches("(.* )?\\./run\\.sh [abc]") ? "Registered as" : null;
        }

        /** Runs all commands that are shown with their output, one after another in one shell, and compares. */
        void compare(List<Shown> commands) throws Exception {
            StringBuilder script = new StringBuilder("set -m\n");
            for (Shown shown : commands) {
                String command = shown.command().replaceAll("\\bcurl -i\\b", "curl -s -i");
                script.append(there(command)).append("\necho; echo '<<<>>>'\n");
            }
            try (Launched shell = Launched.start(environment, "bash", "-c", script.toString())) {
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

        private String there(String text) {
            return ports.there(text).replaceAll("(/tmp|~)/", folder + "/");
        }

        /** Presses Ctrl-C in each terminal, the last one first; each must end with 0. */
        void end() throws Exception {
            while (!open.isEmpty()) {
                try (Launched terminal = open.pop()) {
                    terminal.signal("INT");
                    assertEquals(0, terminal.exitCode(), terminal.output());
                }
            }
        }

        @Override
        public void close() {
            open.forEach(Launched::close); // there are some only if the test has failed
        }
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
                .replaceAll("(\"instance\":\")[0-9a-f]{16}", "$1some")
                .replaceAll("\"id\":\"[0-9a-f]{16}\",\"address\":\"[^\"]*\"", "some gateway")
                .replaceAll("(reused_connection\":)(true|false)", "$1either")
                .strip();
    }

    @BeforeAll
    static void what_the_commands_need_is_there() throws IOException {
        for (String tool : List.of("bash", "curl", "python3", "seq", "openssl")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(":"))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
                    tool + " isn't there to run the commands with");
        }
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the tour uses Linux's 127.0.0.2");
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
    }

    /** The commands of a scene that are to be typed, of which there must be some. */
    private static List<Docs.Fence> typed(String scene) throws IOException {
        List<Docs.Fence> fences = Docs.scene(scene, "sh");
        assertTrue(!fences.isEmpty(), scene + " has commands");
        return fences;
    }

    /** The commands of a scene that are shown with their output, of which there must be so many at least. */
    private static List<Shown> shown(String scene, int atLeast) throws IOException {
        List<Shown> commands = new ArrayList<>();
        for (Docs.Fence fence : Docs.scene(scene, "console")) {
            for (String line : fence.lines()) {
                if (line.startsWith("$ ")) {
                    commands.add(new Shown(line.substring(2), ""));
                } else {
                    Shown last = commands.remove(commands.size() - 1);
                    commands.add(new Shown(last.command(), last.output() + line + "\n"));
                }
            }
        }
        assertTrue(commands.size() >= atLeast, scene + " has " + commands.size() + " commands");
        return commands;
    }

    @Test
    void every_command_of_the_tour_shows_what_is_shown() throws Exception {
        try (Scene scene = new Scene(0, 1, 2, 3, 4)) {
            scene.environment.remove("GATEWAY_URL");
            for (Docs.Fence fence : typed("fleet")) {
                scene.type(fence);
            }
            scene.compare(shown("fleet", 20));
            scene.end();
        }
    }

    @Test
    void each_process_has_a_terminal_of_its_own() throws Exception {
        try (Scene scene = new Scene(0)) {
            scene.environment.put("SERVICE_PORT", "0");
            List<Docs.Fence> fences = typed("terminals");
            for (Docs.Fence fence : fences) {
                scene.type(fence);
            }
            assertEquals(4, fences.size());
            assertEquals(3, RunScriptTest.healthy(scene.ports.first()));
            scene.end();
        }
    }

    @Test
    @Tag("redis")
    void several_gateways_show_what_is_shown_and_redis_is_used_again() throws Exception {
        try (Scene scene = new Scene(0, 1, 2, 3, 10, 20)) {
            scene.environment.remove("GATEWAY_URL");
            scene.environment.put("REDIS_PORT", "" + Ports.reserved());
            scene.environment.put("GATEWAY_REDIS_TIMEOUT", "5s"); // this machine may be busy
            List<Docs.Fence> cluster = typed("cluster");
            assertEquals(1, cluster.size());
            Launched terminal = scene.type(cluster.get(0));
            scene.compare(shown("cluster", 7));

            String crash = terminal.line("ready   | crash one: ").replaceAll(".*(kill -9 \\d+) \\(redis\\).*", "$1");
            try (Launched shell = Launched.start(Map.of(), "bash", "-c", crash)) {
                assertEquals(0, shell.exitCode(), shell.output());
            }
            terminal.line("redis has ended");
            Await.until("the gateway's knowing it", () -> store(scene).startsWith("memory"));
            List<Docs.Fence> again = typed("crashed");
            assertEquals(1, again.size());
            try (Launched redis = Launched.start(
                    scene.environment, "bash", "-c", "exec " + again.get(0).text())) {
                Await.until("its return", () -> store(scene).equals("redis"));
                redis.terminate();
                assertEquals(0, redis.exitCode(), redis.output());
            }
            scene.end();
        }
    }

    private static String store(Scene scene) throws IOException {
        return RunScriptTest.get(scene.ports.first(), "/health")
                .path("rate_limit_store")
                .asText();
    }

    @Test
    void the_token_is_made_and_opens_the_metrics() throws Exception {
        try (Scene scene = new Scene(0)) {
            scene.environment.put("SERVICE_PORT", "0");
            Launched last = null;
            for (Docs.Fence fence : typed("token")) {
                last = scene.type(fence);
            }
            assertTrue(last.output().contains("gateway_backend_up{backend=\"service-a\",url=\""), last.output());
            scene.end();
        }
    }

    @Test
    void a_certificate_is_made_and_a_service_registers_over_https() throws Exception {
        try (Scene scene = new Scene(0, 80)) {
            scene.environment.put("SERVICE_PORT", "0");
            Launched last = null;
            for (Docs.Fence fence : typed("tls")) {
                last = scene.type(fence);
            }
            assertEquals(2, last.output().split("\"service\":\"Service A\"", -1).length - 1, last.output());
            scene.end();
        }
    }

    @Test
    void the_single_file_starts() throws Exception {
        try (Scene scene = new Scene(0)) {
            for (Docs.Fence fence : typed("launch")) {
                scene.type(fence);
            }
            assertEquals(0, RunScriptTest.healthy(scene.ports.first()));
            scene.end();
        }
    }
}
