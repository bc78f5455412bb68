import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mains as processes: launching, misuse, signals. */
@Tag("process")
class LaunchTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static Launched gateway(int port, TestBackend... backends) throws Exception {
        String services = Stream.of(backends).map(TestBackend::url).collect(Collectors.joining(","));
        return Program.gateway(Map.of("GATEWAY_PORT", "" + port, "GATEWAY_SERVICES", services));
    }

    @Test
    void the_bare_single_file_launch_works() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                Launched gateway = Program.file(
                        Map.of("GATEWAY_PORT", "0", "GATEWAY_SERVICES", backend.url()), "GatewayApp.java")) {
            String ready = gateway.line("is ready on port");
            assertEquals(Runtime.version().feature() < 21, ready.contains("virtual thread"), ready);
            try (RawClient client = new RawClient(gateway.port())) {
                assertEquals("{\"service\":\"a\"}", client.send(GET).answer().body());
            }
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertTrue(
                    gateway.output().matches("(?s).* stopped after \\d+\\.\\d s, 0 requests broken off"),
                    gateway.output());
            assertFalse(gateway.output().contains("Exception"), gateway.output());
        }
    }

    @ParameterizedTest(name = "{0}.java")
    @CsvSource({"ServiceA", "ServiceB", "ServiceC"})
    void a_service_is_launched_from_its_file_too(String name) throws Exception {
        int port = TestBackend.deadPort();
        try (TestGateway gateway = TestGateway.inFrontOf();
                Launched service = Program.file(
                        Map.of("GATEWAY_URL", "http://127.0.0.1:" + gateway.port()), name + ".java", "" + port)) {
            service.line("Registered as service-");
            Await.until(
                    "its first good check",
                    () -> gateway.json("/services").path("healthy_services").asInt() == 1);
            assertEquals(port, gateway.json("/api/health").path("port").asInt());
            service.terminate();
            assertEquals(0, service.exitCode(), service.output());
            assertTrue(
                    service.output().matches("(?s).* stopped after \\d+\\.\\d s, 0 requests broken off"),
                    service.output());
            assertEquals(0, gateway.json("/services").path("total_services").asInt(), "it deregistered");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GatewayApp, GATEWAY_UPSTREAM_TIMEOUT, (default 30s)",
        "ServiceA, SERVICE_PORT, (default 8001)",
        "ServiceB, GATEWAY_URL, (default http://localhost:8000)",
        "ServiceC, SERVICE_PORT, (default 8003)",
    })
    void help_lists_the_settings_and_starts_nothing(String name, String setting, String standard) throws Exception {
        try (Launched help = Program.start(Map.of(), name, "--help")) {
            assertEquals(0, help.exitCode());
            assertTrue(help.output().startsWith("java " + name + ".java"), help.output());
            assertTrue(help.output().contains(setting), help.output());
            assertTrue(help.output().contains(standard), help.output());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GatewayApp, API Gateway", "ServiceB, ServiceB", "gateway.demo.Traffic, Traffic"})
    void version_names_the_program_and_java_and_starts_nothing(String name, String title) throws Exception {
        try (Launched version = Program.start(Map.of("GATEWAY_PORT", "bad"), name, "--version")) {
            assertEquals(0, version.exitCode());
            assertEquals(title + " 1.0.0, Java " + System.getProperty("java.version"), version.output());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GatewayApp, GATEWAY_RATE_LIMT, GATEWAY_RATE_LIMIT, GATEWAY_PORT, 8000",
        "ServiceA, SERVICE_LATENCI, SERVICE_LATENCY, SERVICE_PORT, 8001",
    })
    void a_misspelt_setting_is_warned_of_even_beside_a_bad_one(
            String name, String misspelt, String meant, String bad, String example) throws Exception {
        try (Launched misused = Program.start(Map.of(misspelt, "hush", bad, "abc"), name)) {
            assertEquals(2, misused.exitCode());
            List<String> lines = misused.output().lines().toList();
            assertEquals(2, lines.size(), misused.output());
            assertTrue(
                    lines.get(0)
                            .endsWith(
                                    " WARN settings - " + misspelt + ": unknown setting; did you mean " + meant + "?"),
                    misused.output());
            assertEquals(bad + "=abc: expected a whole number from 0 to 65535, like " + example, lines.get(1));
        }
    }

    @Test
    void a_gateway_with_a_misspelt_setting_starts_and_warns() throws Exception {
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_COFFEE", "hush"))) {
            String warning = gateway.line("GATEWAY_COFFEE");
            assertTrue(
                    warning.endsWith(" WARN settings - GATEWAY_COFFEE: unknown setting; --help lists them"), warning);
            assertFalse(gateway.output().contains("hush"), gateway.output());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GatewayApp, --nonsense, 'unknown argument --nonsense; expected java GatewayApp.java [--check] [--check-client \"ADDRESS, ADDRESS\" --peer ADDRESS] [--help] [--version]'",
        "ServiceA, --hepl, 'unknown argument --hepl; did you mean --help? expected java ServiceA.java [port] [--help] [--version]'",
        "ServiceA, eighty, 'argument eighty: expected a whole number from 0 to 65535, like 8001 (the port), or --help'",
    })
    void an_argument_that_is_none_is_named_and_the_exit_code_is_2(String name, String argument, String message)
            throws Exception {
        try (Launched misused = Program.start(Map.of(), name, argument)) {
            assertEquals(2, misused.exitCode());
            assertEquals(message, misused.output());
        }
    }

    @Test
    void a_bad_setting_is_named_and_the_exit_code_is_2() throws Exception {
        try (Launched misused = Program.start(Map.of("GATEWAY_RATE_LIMIT", "lots"), "GatewayApp")) {
            assertEquals(2, misused.exitCode());
            assertTrue(misused.output().startsWith("GATEWAY_RATE_LIMIT=lots: expected N/duration"), misused.output());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GatewayApp, , GATEWAY_PORT=",
        "GatewayApp, --check, BAD   GATEWAY_PORT=",
        "ServiceA, , SERVICE_PORT=",
        "ServiceA, port, 'argument '"
    })
    void a_port_that_is_taken_is_one_clear_line_and_exit_code_3(String name, String argument, String start)
            throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = "" + taken.getLocalPort();
            List<String> command = new ArrayList<>(List.of(name));
            if (argument != null) {
                command.add(argument.replace("port", port));
            }
            try (Launched second =
                    Program.start(Map.of("GATEWAY_PORT", port, "SERVICE_PORT", port), command.toArray(String[]::new))) {
                assertEquals(3, second.exitCode());
                String holder = "java (pid " + ProcessHandle.current().pid() + ")";
                String line = start + port + ": in use by "
                        + (System.getProperty("os.name").equals("Linux") ? holder : "another process")
                        + "; stop that or choose another port";
                assertTrue(second.output().lines().toList().contains(line), second.output());
                assertTrue(argument != null || second.output().equals(line), second.output());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"start", "--check"})
    void every_port_and_address_that_can_not_be_had_is_named_at_once(String how) throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = "" + taken.getLocalPort();
            Map<String, String> settings =
                    Map.of("GATEWAY_HOST", "10.9.9.9", "GATEWAY_PORT", "0", "GATEWAY_ADMIN_PORT", port);
            String[] command = how.equals("start") ? new String[] {"GatewayApp"} : new String[] {"GatewayApp", how};
            try (Launched gateway = Program.start(settings, command)) {
                assertEquals(3, gateway.exitCode());
                gateway.line("GATEWAY_HOST=10.9.9.9: can't be listened on (");
                gateway.line("GATEWAY_ADMIN_PORT=" + port + ": in use by ");
            }
        }
    }

    @Test
    void the_ready_line_has_the_dashboards_address_where_operators_reach_it(@TempDir Path folder) throws Exception {
        try (Launched gateway = Program.gateway(Map.of())) {
            assertTrue(
                    gateway.line("is ready on port")
                            .endsWith("; dashboard at http://127.0.0.1:" + gateway.port() + "/dashboard"),
                    gateway.output());
        }
        Map<String, String> tls =
                new HashMap<>(new TestCa("Test CA").issue("localhost").writeTo(folder));
        tls.put("GATEWAY_HOST", "0.0.0.0");
        try (Launched gateway = Program.gateway(tls)) {
            assertTrue(
                    gateway.line("is ready on port")
                            .endsWith("; dashboard at https://localhost:" + gateway.port() + "/dashboard"),
                    gateway.output());
        }
        tls.put("GATEWAY_ADMIN_PORT", "0");
        try (Launched gateway = Program.gateway(tls)) {
            int port = RunScriptTest.number(gateway, "for operators on port ");
            assertTrue(
                    gateway.output().endsWith("; dashboard at http://127.0.0.1:" + port + "/dashboard"),
                    gateway.output());
        }
    }

    @Test
    void on_sigterm_health_says_draining_the_request_under_way_finishes_and_the_exit_code_is_0() throws Exception {
        int port = TestBackend.deadPort();
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend slow = TestBackend.heldBy(latch);
                Launched gateway = gateway(port, slow);
                RawClient underWay = new RawClient(port);
                RawClient asks = new RawClient(port)) {
            underWay.send(GET);
            slow.next();
            gateway.terminate();
            gateway.line("Draining");
            var health = asks.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            assertEquals(503, health.status());
            assertEquals("draining", TestGateway.json(health).path("status").asText());
            assertEquals(List.of("close"), health.header("Connection"));
            Await.until("no new connection", () -> {
                try (RawClient late = new RawClient(port)) {
                    return late == null;
                } catch (ConnectException e) {
                    return true;
                }
            });
            latch.countDown();
            assertEquals("{\"held\":true}", underWay.answer().body());
            assertEquals(0, gateway.exitCode(), gateway.output());
        } finally {
            latch.countDown();
        }
    }

    @Test
    void an_open_websocket_does_not_hold_up_sigterm() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nframe");
                    over.await();
                });
                Launched gateway = Program.gateway(Map.of("GATEWAY_SERVICES", backend.url(), "GATEWAY_DRAIN", "10m"))) {
            try (RawClient client = new RawClient(gateway.port())) {
                client.send("GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
                assertEquals(101, client.head().status());
                assertEquals("frame", client.bytes(5));
                gateway.terminate();
                assertEquals("", client.rest());
                assertEquals(0, gateway.exitCode(), gateway.output());
                assertFalse(gateway.output().contains("Exception"), gateway.output());
            }
        } finally {
            over.countDown();
        }
    }

    @Test
    void a_request_on_a_connection_that_was_accepted_before_is_still_answered() throws Exception {
        int port = TestBackend.deadPort();
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = gateway(port, a);
                RawClient early = new RawClient(port)) {
            gateway.terminate();
            Await.until("no new connection", () -> {
                try (RawClient late = new RawClient(port)) {
                    return late == null;
                } catch (ConnectException e) {
                    return true;
                }
            });
            assertEquals(200, early.send(GET).answer().status());
            assertEquals(0, gateway.exitCode(), gateway.output());
        }
    }

    @Test
    void sigterm_under_load_loses_nothing() throws Exception {
        int port = TestBackend.deadPort();
        AtomicInteger served = new AtomicInteger();
        List<String> lost = new ArrayList<>();
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                Launched gateway = gateway(port, a, b)) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(threads.submit(() -> askUntilRefused(port, served, lost)));
            }
            Await.until("load", () -> served.get() > 500);
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            for (Future<?> client : clients) {
                client.get();
            }
            assertEquals(List.of(), lost);
            assertEquals(a.waiting() + b.waiting(), served.get(), "whatever reached a backend was answered");
        }
    }

    /**
     * A client that keeps its connection as long as it may, until new ones are turned away: refused, or reset unread
     * because they still stood in the kernel's queue when the listener closed.
     */
    private static void askUntilRefused(int port, AtomicInteger served, List<String> lost) {
        while (true) {
            int asked = 0;
            try (RawClient client = new RawClient(port)) {
                for (boolean open = true; open; ) {
                    RawClient.Answer answer = ask(client, asked++ == 0);
                    if (answer.status() != 200) {
                        throw new IOException("status " + answer.status());
                    }
                    served.incrementAndGet();
                    open = answer.header("Connection").isEmpty();
                }
            } catch (ConnectException e) {
                return;
            } catch (IOException e) {
                if (asked == 0) { // amid its handshake: connecting itself was a reset, once in many runs
                    return;
                }
                synchronized (lost) {
                    lost.add("the " + asked + "th of a connection: " + e);
                }
                return;
            }
        }
    }

    private static RawClient.Answer ask(RawClient client, boolean first) throws IOException {
        try {
            return client.send(GET).answer();
        } catch (SocketException e) {
            throw first ? new ConnectException("never accepted") : e;
        }
    }

    @Test
    void a_service_killed_under_load_costs_no_get() throws Exception {
        int port = TestBackend.deadPort();
        int doomedPort = TestBackend.deadPort();
        AtomicInteger served = new AtomicInteger();
        List<String> lost = new ArrayList<>();
        try (TestBackend a = TestBackend.named("a");
                Launched gateway = gateway(port, a);
                Launched doomed =
                        Program.start(Map.of("GATEWAY_URL", "http://127.0.0.1:" + port), "ServiceA", "" + doomedPort)) {
            doomed.line("Registered as");
            String get = "GET /api/data HTTP/1.1\r\nHost: x\r\n\r\n";
            CountDownLatch done = new CountDownLatch(1);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(threads.submit(() -> {
                    try (RawClient client = new RawClient(port)) {
                        while (done.getCount() > 0) {
                            RawClient.Answer answer = client.send(get).answer();
                            if (answer.status() != 200) {
                                lost.add(answer.head() + answer.body());
                            }
                            served.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            Await.until("load", () -> served.get() > 1000);
            doomed.signal("KILL");
            int before = served.get();
            Await.until("more load", () -> served.get() > before + 2000);
            done.countDown();
            for (Future<?> client : clients) {
                client.get();
            }
            assertEquals(List.of(), lost);
            assertEquals(137, doomed.exitCode());
            assertTrue(gateway.handle().isAlive());
        }
    }
}
