import gateway.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The project's mains as processes, on the JDK that runs the tests. So that dozens of them cost little: one compiler
 * (C1) and the serial collector, as suits processes that live for a second; and an archive of loaded classes, recorded
 * once by a gateway that serves one request. With these a start takes a third of the CPU.
 */
final class Program {
    private static final int FEATURE = Runtime.version().feature();

    /** The java of the JDK that runs the tests. */
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Options for JVMs that live for a few seconds. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** The class path of a bare {@code java GatewayApp.java}. */
    private static final String CLASSES = Path.of("target/classes").toAbsolutePath() + ":"
            + Path.of("target/lib").toAbsolutePath() + "/*";

    private static final Path FOLDER = Path.of("target/programs").toAbsolutePath();

    /** A JAVA_HOME for scripts whose {@code java} has the options of {@link #QUICK}, and nothing to say about them. */
    static final String HOME = home();

    private static List<String> command;

    private Program() {}

    private static String home() {
        try {
            Path bin = Files.createDirectories(FOLDER.resolve("jdk-" + FEATURE + "/bin"));
            for (String tool : List.of("javac", "jar")) {
                link(bin.resolve(tool), Path.of(JAVA).resolveSibling(tool));
            }
            Path java = bin.resolve("java");
            Files.writeString(java, "#!/bin/sh\nexec " + JAVA + " " + QUICK + " \"$@\"\n");
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
            return bin.getParent().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path from, Path to) throws IOException {
        Files.deleteIfExists(from);
        Files.createSymbolicLink(from, to);
    }

    /**
     * The start of each command. The first call packs the classes, since no folder can be in an archive of classes, and
     * records one, unless nothing has been compiled since.
     */
    private static synchronized List<String> command() throws IOException {
        if (command == null) {
            Path archive = FOLDER.resolve("classes-" + FEATURE + ".jsa");
            Path jar = FOLDER.resolve("classes-" + FEATURE + ".jar");
            List<String> options = new ArrayList<>(List.of(JAVA));
            options.addAll(List.of(QUICK.split(" ")));
            options.addAll(List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
            options.addAll(List.of("-cp", jar + ":" + Path.of("target/lib").toAbsolutePath() + "/*"));
            if (!isNewest(archive)) {
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", "--file", jar.toString(), "-C", "target/classes", ".");
                record(options, archive);
            }
            options.add("-XX:SharedArchiveFile=" + archive);
            command = List.copyOf(options);
        }
        return command;
    }

    /** Whether a file is there and no class or library is newer. */
    private static boolean isNewest(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        FileTime time = Files.getLastModifiedTime(file);
        try (Stream<Path> sources =
                Stream.concat(Files.walk(Path.of("target/classes")), Files.walk(Path.of("target/lib")))) {
            return sources.allMatch(source -> source.toFile().lastModified() < time.toMillis());
        }
    }

    private static void record(List<String> options, Path archive) throws IOException {
        List<String> recording = new ArrayList<>(options);
        recording.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "GatewayApp"));
        try (Launched gateway = Launched.start(
                        Map.of("GATEWAY_HOST", "127.0.0.1", "GATEWAY_PORT", "0"), recording.toArray(String[]::new));
                RawClient client = new RawClient(gateway.port())) {
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            gateway.terminate();
            gateway.exitCode();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("no archive of classes was recorded", e);
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
        List<String> command = new ArrayList<>(command());
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
        Map<String, String> all = new HashMap<>(Map.of(
                "GATEWAY_PORT", "0",
                "GATEWAY_RATE_LIMIT", "off",
                "GATEWAY_CONNECT_TIMEOUT", "10s", // this machine may be busy
                "GATEWAY_HEALTH_TIMEOUT", "10s"));
        all.putAll(settings);
        return all;
    }
}
