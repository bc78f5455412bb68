import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.TestBackend;
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

/** {@code ./run.sh cluster}: three gateways, Redis and A, B, C in one terminal. */
@Tag("redis")
class ClusterScriptTest {
    @BeforeAll
    static void what_maven_has_just_built_is_up_to_date() throws IOException {
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
    }

    private static Map<String, String> environment(int port) throws IOException {
        Map<String, String> environment = RunScriptTest.environment(port);
        environment.remove("GATEWAY_URL"); // the script's own: all three
        environment.put("REDIS_PORT", "" + TestBackend.deadPort());
        environment.put("GATEWAY_REDIS_TIMEOUT", "5s"); // this machine may be busy
        return environment;
    }

    /** A port that is free with those 10 and 20 above it. */
    private static int port() throws IOException {
        return Launched.freePorts(21);
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

    @Test
    void three_gateways_share_a_limit_and_a_list_and_go_on_without_redis() throws Exception {
        int port = port();
        Map<String, String> environment = environment(port);
        try (Launched cluster = Launched.start(environment, "./run.sh", "cluster")) {
            String loop = command(cluster.line("ready   | for port in "));
            cluster.line("ready   | crash one: ");
            List<String> answers = Arrays.asList(run(loop).strip().split(" "));
            assertEquals(9, answers.size(), answers.toString());
            assertEquals(List.of("200", "200", "200", "200", "200"), answers.subList(0, 5));
            assertEquals(List.of("429", "429", "429", "429"), answers.subList(5, 9));
            assertEquals(
                    3,
                    RunScriptTest.get(port, "/gateways").path("total_gateways").asInt());

            String crash = cluster.line("ready   | crash one: ");
            run(crash.replaceAll(".*(kill -9 \\d+) \\(redis\\).*", "$1"));
            cluster.line("run.sh  | redis has ended");
            for (int i = 0; i < 3; i++) {
                assertEquals(3, RunScriptTest.healthy(port + 10 * i));
            }
            try (Launched redis = Launched.start(environment, "./run.sh", "redis")) {
                Await.until(
                        "the gateways' return to Redis",
                        () -> RunScriptTest.get(port + 20, "/gateways")
                                        .path("total_gateways")
                                        .asInt()
                                == 3);
                run(crash.replaceAll(".*(kill -9 \\d+) \\(second\\).*", "$1"));
                String again = cluster.line("run.sh  | second has ended; ");
                assertTrue(
                        again.contains("GATEWAY_PORT=" + (port + 10) + " GATEWAY_REDIS_URL=redis://127.0.0.1:"), again);
                assertEquals(3, RunScriptTest.healthy(port + 20));

                List<ProcessHandle> processes = cluster.handle().descendants().toList();
                cluster.signal("INT");
                assertEquals(0, cluster.exitCode(), cluster.output());
                Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
                redis.terminate();
                assertEquals(0, redis.exitCode(), redis.output());
            }
        }
    }

    @Test
    void without_an_installed_redis_the_embedded_one_is_taken_and_ends_with_the_rest() throws Exception {
        int port = port();
        Map<String, String> environment = environment(port);
        environment.put("PATH", pathWithoutRedis().toString());
        try (Launched cluster = Launched.start(environment, "/bin/bash", "./run.sh", "cluster")) {
            String redis = cluster.line("run.sh  | Redis is ");
            assertTrue(redis.contains("/target/redis/redis-server-"), redis);
            cluster.line("ready   | crash one: "); // the last: bash drops an INT that comes amid a $(...) of its own
            List<ProcessHandle> processes = cluster.handle().descendants().toList();
            assertTrue(RunScriptTest.child(cluster, "redis-server").isAlive());
            cluster.signal("INT");
            assertEquals(0, cluster.exitCode(), cluster.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    /** A folder with all that is on the path but Redis and Valkey. */
    private static Path pathWithoutRedis() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "no-redis");
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
    void a_port_that_is_taken_is_named_before_anything_is_started() throws Exception {
        int port = port();
        Map<String, String> environment = environment(port);
        try (ServerSocket taken = new ServerSocket(port + 20, 1, InetAddress.getLoopbackAddress());
                Launched cluster = Launched.start(environment, "./run.sh", "cluster")) {
            assertEquals(1, cluster.exitCode());
            assertEquals(
                    "run.sh: port " + taken.getLocalPort()
                            + " is taken; end what listens there or set GATEWAY_PORT. Nothing was started",
                    cluster.output());
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("REDIS_PORT", "" + taken.getLocalPort());
            for (String what : List.of("cluster", "redis")) {
                try (Launched script = Launched.start(environment, "./run.sh", what)) {
                    assertEquals(1, script.exitCode());
                    assertEquals(
                            "run.sh: port " + taken.getLocalPort()
                                    + " is taken; set REDIS_PORT, or GATEWAY_REDIS_URL to use a Redis that runs."
                                    + " Nothing was started",
                            script.output());
                }
            }
        }
    }

    /** It printed the URL as it was given, and for the first gateway none, so that what was started again stood alone. */
    @Test
    void how_to_start_a_gateway_again_names_redis_without_a_password() throws Exception {
        String functions = "eval \"$(sed -n '/^gateway_port() {/,/^}/p; /^again() {/,/^}/p' run.sh)\"; ";
        assertEquals(
                "GATEWAY_PORT=8000 GATEWAY_REDIS_URL=redis://a:1,redis://user:password@b:2 ./run.sh gateway",
                run(functions + "GATEWAY_REDIS_URL=redis://a:1,redis://me:secret@b:2 again gateway")
                        .strip());
        assertEquals(
                "GATEWAY_PORT=8020 GATEWAY_REDIS_URL=rediss://user:password@a:1/3 ./run.sh gateway",
                run(functions + "GATEWAY_REDIS_URL=rediss://:secret@a:1/3 again third")
                        .strip());
    }

    @Test
    void ports_that_are_none_are_refused() throws Exception {
        Map<String, String> environment = environment(port());
        environment.put("REDIS_PORT", "many");
        try (Launched misused = Launched.start(environment, "./run.sh", "cluster")) {
            assertEquals(1, misused.exitCode());
            assertEquals("run.sh: REDIS_PORT=many: expected a port", misused.output());
        }
        environment.put("GATEWAY_PORT", "0");
        try (Launched misused = Launched.start(environment, "./run.sh", "cluster")) {
            assertEquals(1, misused.exitCode());
            assertEquals("run.sh: GATEWAY_PORT=0: expected a port, the first of three", misused.output());
        }
    }
}
