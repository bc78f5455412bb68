import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that a test started, its output line by line. Ended with all its children when closed. */
final class Launched implements AutoCloseable {
    private final Process process;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Thread reader;

    private Launched(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output");
        reader.setDaemon(true);
    }

    /** Begins to read the output of one that was started unread. */
    Launched reading() {
        reader.start();
        return this;
    }

    /** Starts a command in the project's folder. */
    static Launched start(Map<String, String> environment, String... command) throws IOException {
        return start(Path.of("."), environment, command);
    }

    static Launched start(Path folder, Map<String, String> environment, String... command) throws IOException {
        return unread(folder, environment, command).reading();
    }

    /** One whose output nobody reads until {@link #reading}. */
    static Launched unread(Path folder, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEWAY_") || name.startsWith("SERVICE_"));
        builder.environment().remove("CLASSPATH");
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return new Launched(builder.start());
    }

    /** The folders of the JDKs from 17 on that this machine has, the one the tests run on first. */
    static List<Path> jdks() throws IOException {
        List<Path> found =
                new ArrayList<>(List.of(Path.of(System.getProperty("java.home")).toRealPath()));
        for (String place : List.of(
                "/usr/lib/jvm",
                "/usr/java",
                "/opt/java",
                System.getProperty("user.home") + "/.sdkman/candidates/java")) {
            if (!Files.isDirectory(Path.of(place))) {
                continue;
            }
            try (Stream<Path> homes = Files.list(Path.of(place))) {
                for (Path home : homes.sorted().toList()) {
                    if (Files.isExecutable(home.resolve("bin/javac")) && Files.exists(home.resolve("release"))) {
                        found.add(home.toRealPath());
                    }
                }
            }
        }
        return found.stream().distinct().filter(home -> feature(home) >= 17).toList();
    }

    /** A JDK's feature number, like 17; from its release file. */
    static int feature(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The first of so many ports in a row that are free, below those that the system gives out. */
    static int freePorts(int count) throws IOException {
        while (true) {
            int first = 20_000 + (int) (System.nanoTime() % 10_000 + 10_000) % 10_000;
            try {
                for (int i = 0; i < count; i++) {
                    new ServerSocket(first + i).close();
                }
                return first;
            } catch (IOException e) {
                continue; // one of them is taken: elsewhere
            }
        }
    }

    private void read() {
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // the process has ended
        }
    }

    /**
     * Waits for a line with this text; fails when the process ends without it, or after three minutes: a busy machine takes
     * one to start all of a cluster.
     */
    String line(String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (true) {
            boolean last = !reader.isAlive();
            String found = find(text);
            if (found != null) {
                return found;
            }
            if (last || System.nanoTime() - end > 0) {
                throw new AssertionError("no line with \"" + text + "\" in:\n" + output());
            }
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }

    private String find(String text) {
        synchronized (lines) {
            return lines.stream()
                    .filter(line -> line.contains(text))
                    .findFirst()
                    .orElse(null);
        }
    }

    String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /** Sends SIGTERM; not by Process.destroy, which also closes the output that is still to be read. */
    void terminate() throws Exception {
        signal("TERM");
    }

    /** Sends a signal by name. */
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits for its end and returns the exit code; fails after a minute. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("still running:\n" + output());
        }
        reader.join(10_000);
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
