import gateway.testing.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;

/**
 * The project's mains as processes, on the JDK that runs the tests. So that dozens of them cost little: one compiler
 * (C1) and the serial collector, as suits processes that live for a second; and an archive of loaded classes, recorded
 * once by a gateway that serves one request. With these a start takes a third of the CPU.
 */
final class Program {
    /** The java of the JDK that runs the tests. */
    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Options for JVMs that live for a few seconds, as JDK_JAVA_OPTIONS has them. */
    static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** The class path of a bare {@code java GatewayApp.java}. */
    static final String CLASSES = Path.of("target/classes").toAbsolutePath() + ":"
            + Path.of("target/lib").toAbsolutePath() + "/*";

    private static final Path FOLDER = Path.of("target/programs").toAbsolutePath();
    private static final Path ARCHIVE =
            FOLDER.resolve("classes-" + Runtime.version().feature() + ".jsa");
    private static final List<String> COMMAND = prepare();

    private Program() {}

    /** Packs the classes, since no folder can be in an archive, and records one. */
    private static List<String> prepare() {
        try {
            Files.createDirectories(FOLDER);
            Path jar = FOLDER.resolve("classes.jar");
            ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file", jar.toString(), "-C", "target/classes", ".");
            List<String> command = new ArrayList<>(List.of(JAVA));
            command.addAll(List.of(QUICK.split(" ")));
            command.addAll(List.of("-cp", jar + ":" + Path.of("target/lib").toAbsolutePath() + "/*"));
            record(command);
            command.addAll(List.of("-XX:SharedArchiveFile=" + ARCHIVE, "-Xshare:auto", "-Xlog:cds=off"));
            return List.copyOf(command);
        } catch (Exception e) {
            throw new IllegalStateException("the programs can't be prepared", e);
        }
    }

    private static void record(List<String> command) throws Exception {
        List<String> recording = new ArrayList<>(command);
        recording.addAll(List.of("-XX:ArchiveClassesAtExit=" + ARCHIVE, "-Xlog:cds=off", "GatewayApp"));
        try (Launched gateway = Launched.start(
                Map.of("GATEWAY_HOST", "127.0.0.1", "GATEWAY_PORT", "0"), recording.toArray(String[]::new))) {
            try (RawClient client = new RawClient(gateway.port())) {
                client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            }
            gateway.terminate();
            gateway.exitCode();
        }
    }

    /** Starts a main from its source file, as people type it: with the class path in the environment and no archive. */
    static Launched file(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(List.of(QUICK.split(" ")));
        command.addAll(List.of(arguments));
        Map<String, String> all = new HashMap<>(Map.of("CLASSPATH", CLASSES, "GATEWAY_HOST", "127.0.0.1"));
        all.putAll(environment);
        return Launched.start(all, command.toArray(String[]::new));
    }

    /** Starts a main with arguments; JVM options may stand before it. */
    static Launched start(Map<String, String> environment, String... arguments) throws IOException {
        return unread(environment, arguments).reading();
    }

    /** The same for one whose output nobody reads until {@link Launched#reading}. */
    static Launched unread(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(List.of(arguments));
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_HOST", "127.0.0.1"));
        all.putAll(environment);
        return Launched.unread(Path.of("."), all, command.toArray(String[]::new));
    }

    /** Starts a gateway, at a free port and without a limit unless the settings say else, and waits until it listens. */
    static Launched gateway(Map<String, String> settings) throws Exception {
        Launched gateway = start(settingsOfGateway(settings), "GatewayApp");
        gateway.port();
        return gateway;
    }

    /** The same for one whose output isn't read any further. */
    static Launched unreadGateway(Map<String, String> settings) throws IOException {
        return unread(settingsOfGateway(settings), "GatewayApp");
    }

    private static Map<String, String> settingsOfGateway(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_PORT", "0", "GATEWAY_RATE_LIMIT", "off"));
        all.putAll(settings);
        return all;
    }
}
