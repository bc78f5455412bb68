import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The systemd unit and the Containerfile of docs/deploy/ each have a command that starts a gateway. It runs here with
 * target/ in the place of /opt/api-gateway. The image itself is built and run by .ci/container.
 */
class DeployTest {
    private static final Path UNIT = Path.of("docs", "deploy", "api-gateway.service");
    private static final Path IMAGE = Path.of("docs", "deploy", "Containerfile");

    private static String after(Path file, String start) throws Exception {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    static Stream<Arguments> commands() throws Exception {
        String[] image = after(IMAGE, "ENTRYPOINT ")
                .replaceAll("[\\[\\]\",]+", " ")
                .strip()
                .split(" +");
        return Stream.of(
                Arguments.of(UNIT, List.of(after(UNIT, "ExecStart=").split(" "))), Arguments.of(IMAGE, List.of(image)));
    }

    @Tag("process")
    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void its_command_starts_a_gateway_that_stops_on_sigterm(Path file, List<String> command) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String target = Path.of("target").toAbsolutePath().toString();
        String[] here = command.stream()
                .map(word -> word.replace("/opt/api-gateway/classes.jar", target + "/classes"))
                .map(word -> word.endsWith("java") ? java : word.replace("/opt/api-gateway", target))
                .toArray(String[]::new);
        try (Launched gateway = Launched.start(Map.of("GATEWAY_PORT", "0", "GATEWAY_HOST", "127.0.0.1"), here)) {
            gateway.line("is ready on port");
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void it_does_not_run_as_root(Path file, List<String> command) throws Exception {
        String user = file.equals(UNIT) ? after(UNIT, "User=") : after(IMAGE, "USER ");
        assertTrue(!user.startsWith("root") && !user.startsWith("0"), user);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void what_it_copies_is_there(Path file, List<String> command) throws Exception {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("COPY ") && !line.contains("--from")) {
                String[] words = line.split(" ");
                for (String source : Arrays.copyOfRange(words, 1, words.length - 1)) {
                    assertTrue(Files.exists(Path.of(source)), source);
                }
            }
        }
    }
}
