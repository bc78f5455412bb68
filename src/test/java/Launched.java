import static org.junit.jupiter.api.Assertions.assertFalse;

import gateway.testing.Await;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that a test started, its output line by line. Ended with all its children when closed. */
final class Launched implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(" is ready on port (\\d+)");

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Thread reader;

    private Launched(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream()));
        this.reader = new Thread(this::read, "output");
        reader.setDaemon(true);
    }

    /** Begins to read the output of one that was started unread. */
    Launched reading() {
        reader.start();
        return this;
    }

    /**
     * Starts a command in the project's folder. Gateways don't warm up, and run.sh records no archive, unless the environment
     * says else: most tests have a few requests for each.
     */
    static Launched start(Map<String, String> environment, String... command) throws IOException {
        return start(Path.of("."), environment, command);
    }

    static Launched start(Path folder, Map<String, String> environment, String... command) throws IOException {
        return unread(folder, environment, command).reading();
    }

    /** One whose output nobody reads until {@link #reading}. */
    static Launched unread(Path folder, Map<String, String> environment, String... command) throws IOException {
        assertFalse(Boolean.getBoolean("quick"), "a test that starts a process has the tag \"process\"");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEWAY_") || name.startsWith("SERVICE_"));
        builder.environment().remove("CLASSPATH");
        builder.environment().putAll(Map.of("GATEWAY_WARM_UP", "0s", "NO_ARCHIVE", "yes"));
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return new Launched(builder.start());
    }

    private void read() {
        try (output) {
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

    /** Waits until this many lines have this text; fails when that takes too long. */
    void lines(String text, int times) throws Exception {
        Await.until(times + " lines with \"" + text + "\"", () -> count(text) >= times || !reader.isAlive());
        if (count(text) < times) {
            throw new AssertionError("only " + count(text) + " lines with \"" + text + "\" in:\n" + output());
        }
    }

    /** How many lines have this text. */
    int count(String text) {
        synchronized (lines) {
            return (int) lines.stream().filter(line -> line.contains(text)).count();
        }
    }

    /** Waits until it listens and returns its port. */
    int port() throws Exception {
        return port(line(" is ready on port "));
    }

    /** The same for one that is unread, and stays so: reads up to the line that names the port. */
    int portUnread() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (READY.matcher(line).find()) {
                return port(line);
            }
        }
        throw new AssertionError("it doesn't listen:\n" + output());
    }

    private static int port(String line) {
        Matcher ready = READY.matcher(line);
        if (!ready.find()) {
            throw new AssertionError("no port in " + line);
        }
        return Integer.parseInt(ready.group(1));
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
