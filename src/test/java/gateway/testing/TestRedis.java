package gateway.testing;

import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * A real redis-server on a free port of loopback, without a file of its data. It is the embedded one unless the system property
 * {@code redis.server} names another.
 */
public final class TestRedis implements AutoCloseable {
    private static File program;

    private final List<String> options;
    private final boolean isSentinel;
    private final int port;
    private final Path folder;
    private Process process;

    private TestRedis(int port, List<String> options, boolean isSentinel) throws IOException {
        this.port = port;
        this.options = options;
        this.isSentinel = isSentinel;
        this.folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "redis-");
    }

    /** Starts one that is empty, with more options if any, like {@code --requirepass x}. */
    public static TestRedis start(String... options) throws IOException, InterruptedException {
        return startAt(TestBackend.deadPort(), List.of(options));
    }

    /** Starts one at this port. */
    static TestRedis startAt(int port, List<String> options) throws IOException, InterruptedException {
        TestRedis redis = new TestRedis(port, options, false);
        redis.startAgain();
        return redis;
    }

    /** Starts a sentinel at this port. What it knows is in its file of settings, so that {@link #startAgain} keeps that. */
    static TestRedis startSentinelAt(int port, List<String> lines) throws IOException, InterruptedException {
        TestRedis sentinel = new TestRedis(port, List.of(), true);
        List<String> all = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir " + sentinel.folder));
        all.addAll(lines);
        Files.write(sentinel.folder.resolve("sentinel.conf"), all);
        sentinel.startAgain();
        return sentinel;
    }

    /** The server's program. Maven has unpacked the embedded ones; without Maven, one is copied out of its jar. */
    public static synchronized File program() throws IOException {
        if (program == null) {
            String named = System.getProperty("redis.server", "");
            program = named.isEmpty() ? embedded() : new File(named);
        }
        return program;
    }

    private static File embedded() throws IOException {
        String name = ExecutableProvider.newProvidedVersionsMap().get(OsArchitecture.detectOSandArchitecture());
        File unpacked = Path.of("target/redis/" + name).toAbsolutePath().toFile();
        return unpacked.canExecute()
                ? unpacked
                : ExecutableProvider.newJarResourceProvider().get();
    }

    /** Starts it again after {@link #kill}, or for the first time: at the same port, empty. */
    public void startAgain() throws IOException, InterruptedException {
        if (Boolean.getBoolean("quick")) {
            throw new AssertionError("a test that starts Redis has the tag \"redis\"");
        }
        process = new ProcessBuilder(command()).redirectErrorStream(true).start();
        Process started = process;
        CountDownLatch ready = new CountDownLatch(1);
        List<String> lines = new ArrayList<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader output = new BufferedReader(new InputStreamReader(started.getInputStream()))) {
                        for (String line = output.readLine(); line != null; line = output.readLine()) {
                            synchronized (lines) {
                                lines.add(line);
                            }
                            if (line.contains(isSentinel ? "+monitor master" : "Ready to accept connections")) {
                                ready.countDown();
                            }
                        }
                    } catch (IOException e) {
                        // it has ended
                    }
                },
                "redis-output");
        reader.setDaemon(true);
        reader.start();
        if (!ready.await(20, TimeUnit.SECONDS)) {
            synchronized (lines) {
                throw new AssertionError("redis-server did not start:\n" + String.join("\n", lines));
            }
        }
    }

    private List<String> command() throws IOException {
        String server = program().getPath();
        if (isSentinel) {
            return List.of(server, folder.resolve("sentinel.conf").toString(), "--sentinel");
        }
        List<String> command = new ArrayList<>(
                List.of(server, "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of("--dir", folder.toString()));
        command.addAll(options);
        return command;
    }

    public int port() {
        return port;
    }

    /** What GATEWAY_REDIS_URL takes. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** The settings of a gateway that uses it. */
    public RedisSettings settings() {
        return settings(url());
    }

    /** The settings of a gateway that uses the Redis there. */
    public static RedisSettings settings(String url) {
        return new RedisSettings(
                RedisUrl.parse(url),
                "gateway",
                java.time.Duration.ofSeconds(5), // for tests that aren't about slowness: this machine may be
                RedisSettings.Fallback.DIVIDE,
                false);
    }

    /** Where it would write its data. */
    public Path folder() {
        return folder;
    }

    /** A connection of the test's own. */
    public Jedis client() {
        return new Jedis("127.0.0.1", port);
    }

    /** kill -9: what it knew is lost. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGSTOP: connections stay, nobody answers. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    }

    public long pid() {
        return process.pid();
    }

    /** Whether it hasn't been killed. */
    public boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public void close() {
        kill();
        try {
            if (Files.exists(folder)) { // a test may have deleted it
                try (Stream<Path> files = Files.walk(folder)) {
                    files.map(Path::toFile).sorted(Comparator.reverseOrder()).forEach(File::delete);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
