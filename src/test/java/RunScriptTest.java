import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** run.sh as people use it. */
@ResourceLock("run.sh")
@Tag("process")
class RunScriptTest {
    private static final String GET = "GET /api/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    @BeforeAll
    static void what_maven_has_just_built_is_up_to_date() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "run.sh needs bash, which isn't there");
        Files.writeString(Path.of("target", "built"), "by Maven");
    }

    /** Settings for a gateway on this port, with services on free ports; port 0 is a free one for the gateway, too. */
    static Map<String, String> environment(int port) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JAVA_HOME",
                Program.HOME,
                "GATEWAY_HOST",
                "127.0.0.1",
                "GATEWAY_PORT",
                "" + port,
                "SERVICE_PORT",
                "0",
                "GATEWAY_HEALTH_INTERVAL",
                "100ms",
                "GATEWAY_HEALTH_TIMEOUT", // this machine may be busy
                "10s"));
        if (port > 0) {
            environment.put("GATEWAY_URL", "http://127.0.0.1:" + port);
        }
        return environment;
    }

    /** The number that has come in the output at the end of this pattern. */
    static int number(Launched script, String pattern) {
        Matcher matcher = Pattern.compile(pattern + "(\\d+)").matcher(script.output());
        assertTrue(matcher.find(), () -> pattern + " isn't in:\n" + script.output());
        return Integer.parseInt(matcher.group(1));
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
            return TestGateway.json(client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer());
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
    void a_fleet_serves_gets_a_crashed_service_back_and_ends_with_its_gateway_and_nobody_sees_the_token()
            throws Exception {
        String token = "of-this-fleet-0123456789";
        Map<String, String> environment = environment(0);
        environment.put("GATEWAY_ADMIN_PORT", "0");
        environment.put("GATEWAY_ADMIN_TOKEN", token);
        try (Launched fleet = Launched.start(environment, "./run.sh")) {
            fleet.line("ready   | crash one: ");
            assertTrue(fleet.line("is ready on port ").startsWith("gateway | "), fleet.output());
            assertTrue(fleet.line("Registered as service-a").startsWith("a       | "), fleet.output());
            int port = number(fleet, "is ready on port ");
            int operators = number(fleet, "for operators on port ");
            String url = "http://127.0.0.1:";
            assertTrue(fleet.line("ready   | try: ").contains(url + port + "/api/data"), fleet.output());
            assertEquals("ready   | watch: " + url + operators + "/dashboard", fleet.line("ready   | watch: "));
            assertEquals("A B C A B 429 429 429 429 429", who(port, 1, 10));

            child(fleet, "ServiceB").destroyForcibly();
            String again = "GATEWAY_URL=" + url + operators + " ./run.sh b 0";
            fleet.line("run.sh  | b has ended; " + again + " in another terminal starts it again");
            Await.until("the gateway's knowing it", () -> healthy(operators) == 2);
            String others = who(port, 2, 5);
            assertTrue(others.equals("C A C A C") || others.equals("A C A C A"), others);

            try (Launched b = Launched.start(environment, "bash", "-c", "exec env " + again)) {
                b.line("Registered as service-b");
                Await.until("B's return", () -> healthy(operators) == 3);
                String all = who(port, 3, 5);
                assertTrue("A B C A B C A B".contains(all), all);
                b.terminate();
                assertEquals(0, b.exitCode(), b.output());
            }

            List<ProcessHandle> processes = fleet.handle().descendants().toList();
            String seen = processes.stream()
                    .map(process -> process.info().commandLine().orElse(""))
                    .collect(Collectors.joining("\n"));
            assertTrue(seen.contains("GatewayApp") && seen.contains("ServiceC"), seen);
            assertFalse(seen.contains(token), "the token on a command line");
            child(fleet, "GatewayApp").destroyForcibly();
            assertEquals(1, fleet.exitCode());
            assertTrue(fleet.output().contains("run.sh: the gateway has ended"), fleet.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
            assertFalse(fleet.output().contains(token), fleet.output());
        }
    }

    @Test
    void a_port_that_is_taken_is_named_and_no_service_is_started() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Launched fleet = Launched.start(environment(taken.getLocalPort()), "./run.sh")) {
            assertEquals(1, fleet.exitCode());
            fleet.line("gateway | GATEWAY_PORT=" + taken.getLocalPort() + ": in use by ");
            fleet.line("run.sh: gateway did not start; its line above says why");
            assertFalse(fleet.output().contains("a       | "), fleet.output());
        }
    }

    /**
     * run.sh with stand-ins for all processes, so that nothing is built or takes long to start. Redis and gateways say at
     * once that they are ready, and each service brings one good check from each of three gateways.
     *
     * @param unusual the name of the stand-in that is unusual
     * @param does what this one does instead of becoming a process that ends on SIGTERM
     */
    private static Launched standIns(String command, String unusual, String does) throws IOException {
        String script = """
                . ./run.sh --help >/dev/null
                build() { ARCHIVE=target/none RUN=(stand_in); }
                find_redis() { REDIS=(stand_in); }
                stand_in() { # its name is a variable of run.sh's
                  if [ "$name" = %s ]; then %s; fi
                  case $name in
                    [abc]) for i in 1 2 3; do echo "$name is healthy: at once"; done ;;
                    redis) echo Ready to accept connections ;;
                    *) echo "$name is ready on port 7" ;;
                  esac
                  exec sh -c "echo $name has PID \\$\\$; exec sleep 1000"
                }
                %s
                """.formatted(unusual, does, command);
        return Launched.start(Map.of("GATEWAY_REDIS_URL", ""), "/bin/bash", "-c", script);
    }

    @Test
    void what_ends_before_all_are_ready_ends_all() throws Exception {
        for (String name : List.of("redis", "third", "b")) {
            try (Launched script = standIns("cluster", name, "echo no; exit 2")) {
                assertEquals(1, script.exitCode(), script.output());
                assertTrue(script.output().contains("%-7s | no\n".formatted(name)), script.output());
                assertTrue(script.output().contains("run.sh: " + name + " did not start"), script.output());
                assertFalse(script.output().contains("ready   |"), script.output());
            }
        }
    }

    /** On a busy machine, a wait ended amid an event's line; its first part was lost, and a whole fleet waited for ever. */
    @Test
    void an_event_whose_line_comes_in_two_parts_is_not_lost() throws Exception {
        String script = """
                . ./run.sh --help >/dev/null
                exec 3< <(printf hea; sleep 1.5; echo lthy 7)
                until next_event 1; do :; done
                echo "$EVENT $INDEX"
                """;
        try (Launched shell = Launched.start(Map.of(), "/bin/bash", "-c", script)) {
            assertEquals(0, shell.exitCode());
            assertEquals("healthy 7", shell.output());
        }
    }

    @Test
    void ctrl_c_ends_all_of_a_cluster_and_redis_last() throws Exception {
        String says = "trap 'echo bye; kill $!; exit' TERM; sleep 1000 & echo Ready to accept connections; wait";
        try (Launched script = standIns("cluster", "redis", says)) {
            script.line("ready   | crash one: ");
            List<ProcessHandle> processes = script.handle().descendants().toList();
            script.signal("INT");
            assertEquals(0, script.exitCode(), script.output());
            assertTrue(script.output().endsWith("redis   | bye"), script.output());
            assertTrue(processes.size() >= 14, "seven processes, and who shows what each says");
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void ctrl_c_ends_all_while_they_start() throws Exception {
        try (Launched script = standIns("one plain", "gateway", "echo not yet; exec sleep 1000")) {
            script.line("gateway | not yet");
            script.signal("INT");
            assertEquals(0, script.exitCode(), script.output());
            assertFalse(script.output().contains("a       |"), script.output());
        }
    }

    /** Ctrl-C came while C was being started: it ended before anybody read its output, and run.sh waited for that forever. */
    @Test
    void ctrl_c_does_not_wait_for_what_has_nobody_to_tell_its_end() throws Exception {
        try (Launched script = standIns("one plain", "c", "kill -KILL $!; exec sleep 1000")) {
            script.line("ready   | crash one: ");
            script.signal("INT");
            assertEquals(0, script.exitCode(), script.output());
        }
    }

    /** It killed after 20 s, so that a longer drain was never whole. Here nobody is started, stopped or waited for. */
    @ParameterizedTest(name = "GATEWAY_DRAIN={0}")
    @CsvSource({"'', 20", "0s, 20", "1500ms, 20", "15000ms, 25", "30s, 40", "2m, 130", "1h, 3610", "010s, 20", "ten, 20"
    })
    void what_hangs_is_killed_when_the_drain_must_be_over(String drain, int seconds) throws Exception {
        String stop = """
                . ./run.sh --help >/dev/null
                unset SECONDS # from here on it is no clock
                NAMES=(gateway) PIDS=(1) ARCHIVE=target/none SECONDS=0
                next_event() { SECONDS=$((SECONDS + 1)); return 1; }
                kill() { if [ "$1" = -KILL ]; then echo "killed after $SECONDS"; exit; fi; }
                stop_all | tail -n 1
                """;
        try (Launched script = Launched.start(Map.of("GATEWAY_DRAIN", drain), "/bin/bash", "-c", stop)) {
            assertEquals(0, script.exitCode(), script.output());
            assertEquals("killed after " + seconds, script.output());
        }
    }

    /** In "./run.sh | tee log", Ctrl-C ended tee first; the next line that run.sh wrote ended run.sh, and nothing else. */
    @Test
    void all_ends_though_nobody_reads_the_output_any_more() throws Exception {
        try (Launched script = standIns("exec > >(head -n 1) 2>/dev/null; one plain", "nobody", "exit")) {
            Await.until(
                    "the start of all",
                    () -> script.handle()
                                    .descendants()
                                    .filter(process -> process.info()
                                            .commandLine()
                                            .orElse("")
                                            .endsWith("sleep 1000"))
                                    .count()
                            == 4);
            List<ProcessHandle> processes = script.handle().descendants().toList();
            script.signal("TERM");
            assertEquals(0, script.exitCode(), script.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void a_second_ctrl_c_kills_what_does_not_end() throws Exception {
        try (Launched script = standIns("one demo", "traffic", "trap '' TERM; echo I stay; exec sleep 1000")) {
            script.line("ready   | crash one: ");
            List<ProcessHandle> processes = script.handle().descendants().toList();
            script.line("traffic | I stay");
            script.signal("INT");
            script.line("run.sh  | stopping; Ctrl-C again kills what is left");
            Await.until(
                    "the end of all but the stubborn one",
                    () -> processes.stream().filter(ProcessHandle::isAlive).count() == 2);
            script.signal("INT");
            assertEquals(0, script.exitCode(), script.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void the_last_gateway_of_a_cluster_ends_all_and_a_password_is_never_shown() throws Exception {
        String command = "GATEWAY_REDIS_URL=redis://me:secret@127.0.0.1:1 cluster";
        try (Launched script = standIns(command, "nobody", "exit")) {
            script.line("ready   | crash one: ");
            for (String name : List.of("third", "second", "gateway")) {
                assertTrue(script.handle().isAlive(), script.output());
                script.line(name + " has PID ");
                ProcessHandle.of(number(script, name + " has PID "))
                        .orElseThrow()
                        .destroyForcibly();
                if (!name.equals("gateway")) {
                    script.line(
                            "run.sh  | " + name + " has ended; GATEWAY_PORT=7 GATEWAY_REDIS_URL=... ./run.sh gateway");
                }
            }
            assertEquals(1, script.exitCode());
            assertTrue(
                    script.output().contains("run.sh: the gateway has ended, and no other is left"), script.output());
            assertFalse(script.output().contains("secret"), script.output());
        }
    }

    @Test
    void env_prints_what_makes_the_bare_launch_work() throws Exception {
        Map<String, String> environment = environment(0);
        environment.put("GATEWAY_WARM_UP", ""); // once, as it is by default
        environment.put("PATH", Program.HOME + "/bin:" + System.getenv("PATH"));
        try (Launched bare =
                Launched.start(environment, "bash", "-c", "eval \"$(./run.sh env)\" && exec java GatewayApp.java")) {
            bare.line("is ready on port ");
        }
    }

    /** run.sh in a folder with as much of a build as it looks at, and a Java that only says what it would do. */
    private static Path standInBuild(Path folder, String recording) throws IOException {
        Files.copy(Path.of("run.sh"), folder.resolve("run.sh"));
        for (String name :
                List.of("pom.xml", "Some.java", "src/main/nothing", "target/lib/a-1.jar", "target/classes/A")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), name);
        }
        Files.writeString(folder.resolve("target/built"), "by this test");
        Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
        Files.writeString(bin.resolve("javac"), "#!/bin/sh\n");
        Files.writeString(bin.resolve("jar"), "#!/bin/sh\ncat target/classes/* > \"$3\"\n");
        Files.writeString(bin.resolve("java"), """
                #!/bin/bash
                case $* in
                  -version) echo "an open JDK version \\"${FEATURE:-25}.0.3\\"" >&2 ;;
                  *=target/shared/new-*) words="$*" new=${words#*=target/shared/} && new=target/shared/${new%%%% *} && %s ;;
                  *) echo "$@" ;;
                esac
                """.formatted(recording));
        for (String tool : List.of("java", "javac", "jar")) {
            assertTrue(bin.resolve(tool).toFile().setExecutable(true));
        }
        return folder;
    }

    private static String said(Path folder, int code, String feature, String... words) throws Exception {
        return said(folder, code, feature, Map.of(), words);
    }

    private static String said(Path folder, int code, String feature, Map<String, String> more, String... words)
            throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JAVA_HOME",
                folder.resolve("jdk").toString(),
                "FEATURE",
                feature,
                "GATEWAY_STATE",
                "/nowhere",
                "NO_ARCHIVE",
                ""));
        environment.putAll(more);
        try (Launched script = Launched.start(folder, environment, words)) {
            assertEquals(code, script.exitCode(), script.output());
            return script.output();
        }
    }

    private static List<String> archives(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("target/shared"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("classes.jar"))
                    .sorted()
                    .toList();
        }
    }

    private static final String RECORDS = "env > $new && echo is ready on port 7 && exec sleep 1000";

    /** Java 25.0.3 runs the old classes from an archive, in silence, when their jar has changed in place. */
    @Test
    void an_archive_is_for_these_classes_and_this_java_only(@TempDir Path temporary) throws Exception {
        Path folder = standInBuild(temporary, RECORDS);
        assertFalse(said(folder, 0, "25", "./run.sh", "gateway").contains("target/shared/gateway"));
        said(folder, 0, "25", "./run.sh", "build");
        String archive = archives(folder).get(0);
        assertEquals(1, archives(folder).size(), archives(folder)::toString);
        String recorded = Files.readString(folder.resolve("target/shared").resolve(archive));
        assertTrue(recorded.contains("GATEWAY_PORT=0\n") && !recorded.contains("GATEWAY_STATE"), recorded);
        String uses = "-XX:AOTCache=target/shared/" + archive + " ";
        assertTrue(said(folder, 0, "25", "./run.sh", "gateway").contains(uses));
        assertFalse(said(folder, 0, "17", "./run.sh", "gateway").contains(archive));

        Files.writeString(folder.resolve("target/classes/A"), "other classes");
        assertFalse(said(folder, 0, "25", "./run.sh", "gateway").contains(archive));
        said(folder, 0, "25", "./run.sh", "build");
        assertEquals(1, archives(folder).size(), archives(folder)::toString);
        assertFalse(archives(folder).contains(archive));

        said(folder, 0, "17", "./run.sh", "build");
        assertTrue(said(folder, 0, "17", "./run.sh", "gateway")
                .contains("-XX:SharedArchiveFile=target/shared/gateway-17-"));
        assertEquals(2, archives(folder).size(), archives(folder)::toString);
    }

    /** Requests by HTTPS run through other code: with an archive of plain ones, they were five times as slow at first. */
    @Test
    void https_has_an_archive_of_its_own_recorded_with_the_certificate(@TempDir Path temporary) throws Exception {
        Path folder = standInBuild(temporary, RECORDS);
        Map<String, String> https = Map.of("GATEWAY_TLS_CERT", "cert.pem", "GATEWAY_TLS_KEY", "key.pem");
        said(folder, 0, "25", "./run.sh", "build");
        String plain = archives(folder).get(0);
        assertFalse(said(folder, 0, "25", https, "./run.sh", "gateway").contains(plain));
        said(folder, 0, "25", https, "./run.sh", "build");
        assertEquals(2, archives(folder).size(), archives(folder)::toString);
        String own = archives(folder).stream()
                .filter(name -> !name.equals(plain))
                .findFirst()
                .orElseThrow();
        String recorded = Files.readString(folder.resolve("target/shared").resolve(own));
        assertTrue(recorded.contains("GATEWAY_TLS_CERT=cert.pem\n"), recorded);
        assertTrue(recorded.contains("GATEWAY_TLS_KEY=key.pem\n") && !recorded.contains("GATEWAY_STATE"), recorded);
        assertTrue(said(folder, 0, "25", https, "./run.sh", "gateway").contains(own));
        assertTrue(said(folder, 0, "25", "./run.sh", "gateway").contains(plain));
    }

    @Test
    void a_recording_that_fails_leaves_nothing_and_the_gateway_starts(@TempDir Path temporary) throws Exception {
        Path folder = standInBuild(temporary, "echo half > $new.config && echo no room && exit 1");
        said(folder, 1, "25", "./run.sh", "build");
        assertEquals(List.of(), archives(folder));
        assertTrue(said(folder, 0, "25", "./run.sh", "gateway").endsWith("GatewayApp"));
    }

    @Test
    void a_damaged_archive_stops_no_start() throws Exception {
        String where = ". ./run.sh --help >/dev/null; build; echo $ARCHIVE";
        Path archive;
        try (Launched shell = Launched.start(environment(0), "/bin/bash", "-c", where)) {
            assertEquals(0, shell.exitCode(), shell.output());
            archive = Path.of(shell.output());
        }
        Map<String, String> environment = environment(0);
        environment.put("NO_ARCHIVE", "");
        byte[] before = Files.exists(archive) ? Files.readAllBytes(archive) : null;
        try {
            Files.deleteIfExists(archive);
            Files.write(archive, new byte[100_000]);
            try (Launched gateway = Launched.start(environment, "./run.sh", "gateway")) {
                assertTrue(gateway.line(" is ready on port ").contains("GatewayServer"), gateway.output());
                assertEquals(1, gateway.output().lines().count(), gateway.output());
            }
        } finally {
            Files.delete(archive);
            if (before != null) {
                Files.write(archive, before);
            }
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
        try (Launched misused = Launched.start(Map.of(), "./run.sh", "gatway")) {
            assertEquals(2, misused.exitCode());
            assertTrue(
                    misused.output().startsWith("run.sh: unknown argument gatway; did you mean gateway?\nusage: "),
                    misused.output());
        }
        for (String command :
                List.of("demo", "cluster", "redis", "build", "env")) { // they once started, whatever followed
            try (Launched misused = Launched.start(Map.of(), "./run.sh", command, "9000")) {
                assertEquals(2, misused.exitCode());
                assertTrue(
                        misused.output()
                                .startsWith("run.sh: unknown argument 9000; " + command
                                        + " takes none, settings come from the environment\nusage: "),
                        misused.output());
            }
            try (Launched help = Launched.start(Map.of(), "./run.sh", command, "--help")) {
                assertEquals(0, help.exitCode());
                assertTrue(help.output().startsWith("usage: "), help.output());
            }
        }
        try (Launched help = Launched.start(Map.of(), "./run.sh", "--help")) {
            assertEquals(0, help.exitCode());
            assertTrue(help.output().startsWith("usage: "), help.output());
        }
    }

    @ParameterizedTest(name = "{0}={1} ./run.sh {2}")
    @CsvSource({
        "GATEWAY_PORT, abc, , 0 to 65535, 8000",
        "GATEWAY_PORT, 65536, , 0 to 65535, 8000",
        "GATEWAY_PORT, 65516, cluster, 0 to 65515, 8000",
        "GATEWAY_ADMIN_PORT, -1, demo, 0 to 65535, 8100",
        "GATEWAY_ADMIN_PORT, x, a, 0 to 65535, 8100",
        "SERVICE_PORT, many, , 0 to 65533, 8001",
        "SERVICE_PORT, 65534, , 0 to 65533, 8001",
        "REDIS_PORT, 0, cluster, 1 to 65535, 6379",
        "REDIS_PORT, 6379x, redis, 1 to 65535, 6379",
    })
    void a_port_that_is_none_is_named_with_what_works(
            String name, String value, String command, String range, String example) throws Exception {
        String[] words = command == null ? new String[] {"./run.sh"} : new String[] {"./run.sh", command};
        try (Launched misused = Launched.start(Map.of(name, value), words)) {
            assertEquals(2, misused.exitCode());
            assertEquals(
                    "run.sh: " + name + "=" + value + ": expected a port from " + range + ", like " + example,
                    misused.output());
        }
    }

    @ParameterizedTest(name = "first port {0}")
    @CsvSource({"8001, , b", "9001, , b 9002", "9001, 7, b 9002", "0, , b 0"})
    void what_crashed_is_started_again_where_it_was(String first, String gateway, String command) throws Exception {
        String settings = "SERVICE_PORT=" + first + " GATEWAY_URL="
                + (gateway == null ? "http://localhost:8000" : "http://localhost:" + gateway) + " ";
        try (Launched script = standIns(settings + "one plain", "nobody", "exit")) {
            script.line("ready   | crash one: ");
            script.line("b has PID ");
            ProcessHandle.of(number(script, "b has PID ")).orElseThrow().destroyForcibly();
            script.line("run.sh  | b has ended; " + (gateway == null ? "" : "GATEWAY_URL=http://localhost:7 ")
                    + "./run.sh " + command + " in another terminal starts it again");
            script.signal("INT");
            assertEquals(0, script.exitCode(), script.output());
        }
    }

    @Test
    void the_version_is_the_gateways() throws Exception {
        for (String[] words :
                List.of(new String[] {"./run.sh", "--version"}, new String[] {"./run.sh", "gateway", "--version"})) {
            try (Launched version = Launched.start(environment(0), words)) {
                assertEquals(0, version.exitCode());
                assertTrue(version.output().startsWith("API Gateway 1.0.0, Java "), version.output());
            }
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

    /** As with an option in JDK_JAVA_OPTIONS that it doesn't know: "Java ? is too old" sent people the wrong way. */
    @Test
    void a_java_that_does_not_start_is_quoted() throws Exception {
        Map<String, String> environment =
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JDK_JAVA_OPTIONS", "-XX:+NoSuchThing");
        try (Launched lost = Launched.start(environment, "./run.sh", "gateway")) {
            assertEquals(1, lost.exitCode());
            assertTrue(lost.output().contains("java -version doesn't say which Java it is, but: "), lost.output());
            assertTrue(lost.output().contains("NoSuchThing"), lost.output());
        }
    }

    @Test
    void a_build_without_maven_or_with_errors_is_said(@TempDir Path folder) throws Exception {
        Path bin = Files.createDirectories(Path.of("target", "without-maven").toAbsolutePath());
        for (String tool : List.of("bash", "dirname", "sed", "head", "find", "mkdir", "rm", "touch")) {
            for (String place : List.of("/bin", "/usr/bin")) {
                if (Files.isExecutable(Path.of(place, tool)) && !Files.exists(bin.resolve(tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), Path.of(place, tool));
                }
            }
        }
        Files.copy(Path.of("run.sh"), folder.resolve("run.sh"));
        Map<String, String> environment =
                Map.of("JAVA_HOME", System.getProperty("java.home"), "PATH", bin + ":" + folder);
        try (Launched lost = Launched.start(folder, environment, "/bin/bash", "run.sh", "gateway")) {
            assertEquals(1, lost.exitCode());
            assertTrue(lost.output().startsWith("run.sh: no Maven found"), lost.output());
        }
        Path mvn = Files.writeString(folder.resolve("mvn"), "#!/bin/bash\necho no such symbol; exit 1\n");
        assertTrue(mvn.toFile().setExecutable(true));
        try (Launched broken = Launched.start(folder, environment, "/bin/bash", "run.sh", "gateway")) {
            assertEquals(1, broken.exitCode());
            assertEquals("run.sh: building ...\nno such symbol\nrun.sh: the build failed; see above", broken.output());
        }
    }
}
