import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.regex.Pattern;

/**
 * The terminals of a scene of the documents: their commands are run as written, on other ports and with other files, and
 * their output is compared but for what varies.
 */
final class DocsScene implements AutoCloseable {
    /** A command and the output that is shown for it. */
    record Shown(String command, String output) {}

    /** Where the documents' ports are in a test: as far from the first one there as they are from 8000 in the text. */
    record Shift(int first) {
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

    final Shift ports;
    final Map<String, String> environment;
    private final Path folder;
    private final Deque<Launched> open = new ArrayDeque<>();

    /** @param offsets the ports that it needs, as distances from the first one: 0, 1 and so on */
    DocsScene(Path folders, int... offsets) throws IOException {
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
        if (last.matches(".*python3 -u -m http\\.server \\d+")) {
            return "Serving HTTP on";
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

    /** Returns a text of the documents with the ports and folders of this scene. */
    String there(String text) {
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
                        "(X-RateLimit-Reset: |Content-Length: |[a-z]_ms\":|random_value\":|\"bytes(_out)?\":)[\\d.]+",
                        "$1some")
                .replaceAll("(_id\":\")[0-9a-f]{32}", "$1some")
                .replaceAll("(\"instance\":\")[0-9a-f]{16}", "$1some")
                .replaceAll("\"id\":\"[0-9a-f]{16}\",\"address\":\"[^\"]*\"", "some gateway")
                .replaceAll("(\"(?:number|last)\":)\\d+", "$1some")
                .replaceAll("(\"checks\":)\\[[^\\]]*]", "$1some")
                .replaceAll("(\"last_minute\":)\\{[^}]*}", "$1some")
                .replaceAll("(reused_connection\":)(true|false)", "$1either")
                .strip();
    }

    /** The commands of a scene that are to be typed, of which there must be some. */
    static List<Docs.Fence> typed(String scene) throws IOException {
        List<Docs.Fence> fences = Docs.scene(scene, "sh");
        assertTrue(!fences.isEmpty(), scene + " has commands");
        return fences;
    }

    /** The commands of a scene that are shown with their output, of which there must be so many at least. */
    static List<Shown> shown(String scene, int atLeast) throws IOException {
        List<Shown> commands = new ArrayList<>();
        for (Docs.Fence fence : Docs.scene(scene, "console")) {
            commands.addAll(shown(fence));
        }
        assertTrue(commands.size() >= atLeast, scene + " has " + commands.size() + " commands");
        return commands;
    }

    /** The commands of a fence, each with its output. */
    static List<Shown> shown(Docs.Fence fence) {
        List<Shown> commands = new ArrayList<>();
        for (String line : fence.lines()) {
            if (line.startsWith("$ ")) {
                commands.add(new Shown(line.substring(2), ""));
            } else {
                Shown last = commands.remove(commands.size() - 1);
                commands.add(new Shown(last.command(), last.output() + line + "\n"));
            }
        }
        return commands;
    }
}
