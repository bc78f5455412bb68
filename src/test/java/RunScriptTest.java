import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** run.sh as people use it. */
class RunScriptTest {
    private static final String GET = "GET /api/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @BeforeAll
    static void what_maven_has_just_built_is_up_to_date() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "run.sh needs bash, which isn't there");
        Path built = Path.of("target", "built");
        Files.deleteIfExists(built);
        Files.createFile(built);
    }

    static Map<String, String> environment(int port) {
        return new HashMap<>(Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "GATEWAY_HOST",
                "127.0.0.1",
                "GATEWAY_PORT",
                "" + port,
                "SERVICE_PORT",
                "0",
                "GATEWAY_URL",
                "http://127.0.0.1:" + port,
                "GATEWAY_HEALTH_INTERVAL",
                "100ms"));
    }

    /** Asks from an address of this machine's own 127.0.0.0/8, so that each test has a budget of its own. */
    private static RawClient.Answer ask(int port, int address) throws IOException {
        try (Socket socket =
                new Socket("127.0.0.1", port, InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) address}), 0)) {
            socket.getOutputStream().write(GET.getBytes());
            String answer = new String(socket.getInputStream().readAllBytes());
            int end = answer.indexOf("\r\n\r\n") + 4;
            return new RawClient.Answer(answer.substring(0, end), answer.substring(end));
        }
    }

    /** Who answers so many requests from this address: a letter each, or a number for an answer of the gateway's own. */
    private static String who(int port, int address, int requests) throws Exception {
        List<String> letters = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            RawClient.Answer answer = ask(port, address);
            letters.add(
                    answer.status() == 200
                            ? TestGateway.json(answer).path("service").asText().replace("Service ", "")
                            : "" + answer.status());
        }
        return String.join(" ", letters);
    }

    static JsonNode get(int port, String path) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return TestGateway.json(
                    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").answer());
        }
    }

    static int healthy(int port) throws IOException {
        return get(port, "/health").at("/backend_services/healthy_services").asInt();
    }

    static ProcessHandle child(Launched script, String name) {
        return script.handle()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_whole_fleet_starts_serves_loses_one_gets_it_back_and_stops() throws Exception {
        int port = TestBackend.deadPort();
        try (Launched fleet = Launched.start(environment(port), "./run.sh")) {
            fleet.line("ready   | ");
            assertTrue(fleet.line("is ready on port").startsWith("gateway | "), fleet.output());
            assertTrue(fleet.line("Registered as service-a").startsWith("a       | "), fleet.output());
            assertEquals("A B C A B 429 429 429 429 429", who(port, 1, 10));

            child(fleet, "ServiceB").destroyForcibly();
            fleet.line("b has ended");
            Await.until("the gateway's knowing it", () -> healthy(port) == 2);
            String others = who(port, 2, 5);
            assertTrue(others.equals("C A C A C") || others.equals("A C A C A"), others);

            try (Launched b = Launched.start(environment(port), "./run.sh", "b")) {
                b.line("Registered as service-b");
                Await.until(
                        "B's return",
                        () -> who(port, 3 + (int) (System.nanoTime() % 200), 3).contains("B"));
                String all = who(port, 3, 5);
                assertTrue("A B C A B C A B".contains(all), all);

                List<ProcessHandle> processes = fleet.handle().descendants().toList();
                fleet.signal("INT");
                assertEquals(0, fleet.exitCode(), fleet.output());
                Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
                b.terminate();
                assertEquals(0, b.exitCode(), b.output());
            }
        }
    }

    @Test
    void a_gateway_that_ends_takes_the_services_with_it() throws Exception {
        int port = TestBackend.deadPort();
        try (Launched fleet = Launched.start(environment(port), "./run.sh")) {
            fleet.line("ready   | ");
            List<ProcessHandle> processes = fleet.handle().descendants().toList();
            child(fleet, "GatewayApp").destroyForcibly();
            assertEquals(1, fleet.exitCode());
            assertTrue(fleet.output().contains("the gateway has ended"), fleet.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void a_port_that_is_taken_stops_everything_with_a_clear_line() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            try (Launched fleet = Launched.start(environment(taken.getLocalPort()), "./run.sh")) {
                assertEquals(1, fleet.exitCode());
                assertEquals(
                        "run.sh: port " + taken.getLocalPort()
                                + " is taken; end what listens there or set GATEWAY_PORT." + " Nothing was started",
                        fleet.output());
                Await.until(
                        "the end of all",
                        () -> fleet.handle().descendants().findAny().isEmpty());
            }
        }
    }

    @Test
    void a_services_port_that_is_taken_stops_everything_with_a_clear_line() throws Exception {
        int first = Launched.freePorts(3);
        try (ServerSocket taken = new ServerSocket(first + 1)) {
            assertEquals(first + 1, taken.getLocalPort());
            Map<String, String> environment = environment(TestBackend.deadPort());
            environment.put("SERVICE_PORT", "" + first);
            try (Launched fleet = Launched.start(environment, "./run.sh")) {
                assertEquals(1, fleet.exitCode());
                assertTrue(
                        fleet.output().contains("b       | ServiceB could not start: Port already in use."),
                        fleet.output());
                assertTrue(fleet.output().contains("run.sh: b did not start"), fleet.output());
                Await.until(
                        "the end of all",
                        () -> fleet.handle().descendants().findAny().isEmpty());
            }
        }
    }

    @Test
    void env_prints_what_makes_the_bare_launch_work() throws Exception {
        int port = TestBackend.deadPort();
        Map<String, String> environment = environment(port);
        environment.put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
        try (Launched bare =
                Launched.start(environment, "bash", "-c", "eval \"$(./run.sh env)\" && exec java GatewayApp.java")) {
            bare.line("is ready on port " + port);
        }
    }

    @Test
    void with_a_token_and_a_port_for_operators_the_services_register_there_and_nobody_sees_the_token()
            throws Exception {
        int port = Launched.freePorts(5);
        String token = "of-this-fleet-0123456789";
        Map<String, String> environment = new HashMap<>(environment(port));
        environment.remove("GATEWAY_URL");
        environment.put("GATEWAY_ADMIN_PORT", "" + (port + 4));
        environment.put("GATEWAY_ADMIN_TOKEN", token);
        try (Launched fleet = Launched.start(environment, "./run.sh")) {
            assertTrue(fleet.line("ready   | watch: ").endsWith(":" + (port + 4) + "/dashboard"), fleet.output());
            assertTrue(fleet.line("ready   | try: ").contains(":" + port + "/api/data"), fleet.output());
            List<String> seen = fleet.handle()
                    .descendants()
                    .map(process -> process.info().commandLine().orElse(""))
                    .toList();
            assertTrue(seen.size() >= 4, seen.toString());
            assertFalse(seen.toString().contains(token), "the token on a command line");
            fleet.signal("INT");
            assertEquals(0, fleet.exitCode(), fleet.output());
            assertFalse(fleet.output().contains(token), fleet.output());
        }
    }

    /** It killed after 20 s, so that a longer drain was never whole. Here nobody is started, stopped or waited for. */
    @ParameterizedTest(name = "GATEWAY_DRAIN={0}")
    @CsvSource({
        "'', 200",
        "0s, 200",
        "1500ms, 200",
        "15000ms, 250",
        "30s, 400",
        "2m, 1300",
        "1h, 36100",
        "010s, 200",
        "ten, 200"
    })
    void who_drains_is_killed_only_when_the_drain_must_be_over(String drain, int tenths) throws Exception {
        String stop = """
                . ./run.sh --help >/dev/null
                FEATURE=17 PIDS=(1) ticks=0
                running() { true; }
                sleep() { ticks=$((ticks + 1)); }
                kill() { if [ "$1" = -KILL ]; then echo "killed after $ticks"; exit; fi; }
                stop_all | tail -n 1
                """;
        try (Launched script = Launched.start(Map.of("GATEWAY_DRAIN", drain), "bash", "-c", stop)) {
            assertEquals(0, script.exitCode());
            assertEquals("killed after " + tenths, script.output());
        }
    }

    @Test
    void one_of_them_takes_arguments() throws Exception {
        try (Launched help = Launched.start(environment(0), "./run.sh", "c", "--help")) {
            assertEquals(0, help.exitCode());
            assertTrue(help.output().startsWith("java ServiceC.java [port] [--help]"), help.output());
        }
    }

    @Test
    void what_it_does_not_know_it_names() throws Exception {
        try (Launched misused = Launched.start(Map.of(), "./run.sh", "everything")) {
            assertEquals(2, misused.exitCode());
            assertTrue(misused.output().startsWith("run.sh: unknown argument everything\nusage: "), misused.output());
        }
        try (Launched misused = Launched.start(Map.of("SERVICE_PORT", "many"), "./run.sh")) {
            assertEquals(1, misused.exitCode());
            assertEquals("run.sh: SERVICE_PORT=many: expected a port, the first of three", misused.output());
        }
        try (Launched help = Launched.start(Map.of(), "./run.sh", "--help")) {
            assertEquals(0, help.exitCode());
            assertTrue(help.output().startsWith("usage: "), help.output());
        }
    }

    @Test
    void without_a_jdk_it_says_so() throws Exception {
        try (Launched lost = Launched.start(Map.of("JAVA_HOME", "/nowhere"), "./run.sh", "gateway")) {
            assertEquals(1, lost.exitCode());
            assertEquals(
                    "run.sh: no JDK found at JAVA_HOME=/nowhere (java and javac); install Java 17 or newer or set JAVA_HOME",
                    lost.output());
        }
    }

    @Test
    void without_maven_it_says_so_when_something_is_to_be_built() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "no-maven");
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("bash", "dirname", "sed", "head", "find", "mkdir")) {
            for (String place : List.of("/bin", "/usr/bin")) {
                if (Files.isExecutable(Path.of(place, tool)) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), Path.of(place, tool));
                }
            }
        }
        Files.copy(Path.of("run.sh"), folder.resolve("run.sh"));
        Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"), "PATH", bin.toString());
        try (Launched lost = Launched.start(folder, environment, "/bin/bash", "run.sh", "gateway")) {
            assertEquals(1, lost.exitCode());
            assertTrue(lost.output().startsWith("run.sh: no Maven found"), lost.output());
        }
    }
}
