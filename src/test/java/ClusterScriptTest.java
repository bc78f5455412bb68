import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code ./run.sh cluster}: three gateways, Redis and A, B, C in one terminal. */
@ResourceLock("run.sh")
@Tag("redis")
@Tag("process")
class ClusterScriptTest {
    @BeforeAll
    static void what_maven_has_just_built_is_up_to_date() throws IOException {
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
    }

    /** Gateways and services take any free ports; Redis must have a given one. */
    private static Map<String, String> environment() throws IOException {
        Map<String, String> environment = RunScriptTest.environment(0);
        environment.put("REDIS_PORT", "" + Ports.reserved());
        environment.put("GATEWAY_REDIS_TIMEOUT", "5s"); // this machine may be busy
        return environment;
    }

    private static String run(String command) throws Exception {
        try (Launched shell = Launched.start(Map.of(), "bash", "-c", command)) {
            assertEquals(0, shell.exitCode(), shell.output());
            return shell.output();
        }
    }

    /** The command that a line shows, behind its label. */
    private static String command(String line) {
        return line.replaceFirst("^ready   \\| ", "");
    }

    /** With the Redis that the tests bring, though one may be installed. */
    @Test
    void three_gateways_share_a_limit_and_a_list_and_go_on_without_redis() throws Exception {
        Map<String, String> environment = environment();
        environment.put("PATH", pathWithoutRedis().toString());
        try (Launched cluster = Launched.start(environment, "/bin/bash", "./run.sh", "cluster")) {
            String crash = cluster.line("ready   | crash one: ");
            int second = RunScriptTest.number(cluster, "second .* is ready on port ");
            int third = RunScriptTest.number(cluster, "third .* is ready on port ");
            List<String> answers = Arrays.asList(
                    run(command(cluster.line("ready   | for i in "))).strip().split(" "));
            assertEquals(9, answers.size(), answers.toString());
            assertEquals(List.of("200", "200", "200", "200", "200"), answers.subList(0, 5));
            assertEquals(List.of("429", "429", "429", "429"), answers.subList(5, 9));
            assertEquals(3, gateways(second));

            run(crash.replaceAll(".*(kill -9 \\d+) \\(redis\\).*", "$1"));
            cluster.line("run.sh  | redis has ended; REDIS_PORT=" + environment.get("REDIS_PORT")
                    + " ./run.sh redis in another terminal starts it again");
            for (int port : List.of(RunScriptTest.number(cluster, "is ready on port "), second, third)) {
                assertEquals(3, RunScriptTest.healthy(port));
            }
            try (Launched redis = Launched.start(environment, "/bin/bash", "./run.sh", "redis")) {
                redis.line("Ready to accept connections");
                Await.until("the gateways' return to Redis", () -> gateways(third) == 3);
                String program = redis.handle().info().command().orElse("");
                assertTrue(program.contains("/target/redis/redis-server-"), program);

                run(crash.replaceAll(".*(kill -9 \\d+) \\(second\\).*", "$1"));
                cluster.line("run.sh  | second has ended; GATEWAY_PORT=" + second
                        + " GATEWAY_REDIS_URL=redis://127.0.0.1:" + environment.get("REDIS_PORT")
                        + " ./run.sh gateway in another terminal");
                assertEquals(3, RunScriptTest.healthy(third));

                List<ProcessHandle> processes = cluster.handle().descendants().toList();
                cluster.signal("INT");
                assertEquals(0, cluster.exitCode(), cluster.output());
                Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
                redis.terminate();
                assertEquals(0, redis.exitCode(), redis.output());
            }
        }
    }

    /** How many gateways the one at this port knows. */
    private static int gateways(int port) throws IOException {
        return RunScriptTest.get(port, "/gateways").path("total_gateways").asInt();
    }

    /** A folder with all that is on the path but Redis and Valkey. */
    private static Path pathWithoutRedis() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "without-redis").toAbsolutePath());
        for (String place : List.of("/bin", "/usr/bin", "/usr/local/bin")) {
            try (Stream<Path> tools = Files.list(Path.of(place))) {
                tools.filter(tool -> !tool.getFileName().toString().matches("(redis|valkey)-.*"))
                        .filter(tool -> !Files.exists(folder.resolve(tool.getFileName())))
                        .forEach(tool -> link(folder.resolve(tool.getFileName()), tool));
            }
        }
        return folder;
    }

    private static void link(Path from, Path to) {
        try {
            if (!Files.isSymbolicLink(from)) {
                Files.createSymbolicLink(from, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_redis_that_cannot_listen_says_so_and_nothing_else_is_started() throws Exception {
        Map<String, String> environment = environment();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("REDIS_PORT", "" + taken.getLocalPort());
            try (Launched cluster = Launched.start(environment, "./run.sh", "cluster")) {
                assertEquals(1, cluster.exitCode());
                assertTrue(
                        cluster.output().contains(taken.getLocalPort() + ": bind: Address already in use"),
                        cluster.output());
                assertTrue(
                        cluster.output().contains("run.sh: redis did not start; its line above says why"),
                        cluster.output());
                assertFalse(cluster.output().contains("gateway | "), cluster.output());
            }
        }
    }
}
