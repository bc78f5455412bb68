import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code ./run.sh demo}, and the README's five minutes with it. */
@ResourceLock("run.sh")
@Tag("process")
class DemoTest {
    /** The README's commands that are run here. */
    static final String SCENE = "demo";

    @BeforeAll
    static void what_maven_has_just_built_is_up_to_date() throws IOException {
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
    }

    /** Two requests a minute, so that the greedy ones are soon limited. */
    private static Map<String, String> environment(int port) {
        Map<String, String> environment = RunScriptTest.environment(port);
        environment.put("GATEWAY_RATE_LIMIT", "2/60s");
        return environment;
    }

    private static boolean shows(int port, int clients, int forwarded, int limited) throws IOException {
        JsonNode totals = RunScriptTest.get(port, "/stats").path("totals");
        return totals.path("clients_remembered").asInt() >= clients
                && totals.path("forwarded").asInt() >= forwarded
                && totals.path("limited").asInt() >= limited;
    }

    private static int requests(int port) throws IOException {
        return RunScriptTest.get(port, "/stats").at("/totals/requests").asInt();
    }

    private static void run(Map<String, String> environment, String command) throws Exception {
        try (Launched shell = Launched.start(environment, "bash", "-c", command)) {
            assertEquals(0, shell.exitCode(), shell.output());
        }
    }

    @Test
    void the_readmes_five_minutes() throws Exception {
        int port = TestBackend.deadPort();
        Map<String, String> environment = environment(port);
        List<String> commands =
                Docs.scene(SCENE, "sh").stream().map(Docs.Fence::text).toList();
        assertEquals(4, commands.size(), commands.toString());
        try (Launched demo = Launched.start(environment, "bash", "-c", "exec " + commands.get(0))) {
            assertEquals("ready   | watch: http://127.0.0.1:" + port + "/dashboard", demo.line("watch: "));
            try (RawClient client = new RawClient(port)) {
                RawClient.Answer page = client.send("GET /dashboard HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answer();
                assertEquals(200, page.status(), page.body());
            }
            Await.until("requests of several clients, some limited", () -> shows(port, 5, 5, 1));

            String crash = demo.line("ready   | crash one: ");
            assertFalse(crash.contains("traffic"), crash); // as the README shows it: services alone
            run(Map.of(), crash.replaceAll(".*(kill -9 \\d+) \\(b\\).*", "$1"));
            demo.line("b has ended");
            Await.until("the gateway's knowing it", () -> RunScriptTest.healthy(port) == 2);

            for (String command : commands.subList(1, 4)) {
                try (Launched b = Launched.start(environment, "bash", "-c", "exec env " + command)) {
                    b.line("Registered as service-b");
                    Await.until("B's return", () -> RunScriptTest.healthy(port) == 3);
                    if (command.contains("ERROR_RATE")) {
                        String url = RunScriptTest.get(port, "/services/service-b")
                                .path("url")
                                .asText();
                        int own = Integer.parseInt(url.replaceAll(".*:", ""));
                        Await.until(
                                "an error",
                                () -> RunScriptTest.get(own, "/data").has("error"));
                    }
                    b.terminate();
                    assertEquals(0, b.exitCode(), b.output());
                }
                assertEquals(2, RunScriptTest.healthy(port), "B has deregistered");
            }

            List<ProcessHandle> processes = demo.handle().descendants().toList();
            assertTrue(RunScriptTest.child(demo, "demo.Traffic").isAlive());
            demo.signal("INT");
            assertEquals(0, demo.exitCode(), demo.output());
            Await.until("the end of all", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void traffic_that_ends_is_said_and_can_be_started_again() throws Exception {
        int port = TestBackend.deadPort();
        Map<String, String> environment = environment(port);
        try (Launched demo = Launched.start(environment, "./run.sh", "demo")) {
            demo.line("ready   | ");
            assertTrue(demo.line("A few requests a second to http://127.0.0.1:" + port)
                    .startsWith("traffic | "));
            RunScriptTest.child(demo, "demo.Traffic").destroyForcibly();
            String again = "GATEWAY_URL=http://127.0.0.1:" + port + " ./run.sh traffic";
            demo.line("run.sh  | traffic has ended; " + again + " in another terminal starts it again");
            int before = requests(port);
            try (Launched traffic = Launched.start(environment, "bash", "-c", "exec env " + again)) {
                Await.until("more requests", () -> requests(port) > before);
                traffic.terminate();
                assertEquals(0, traffic.exitCode(), traffic.output());
                assertFalse(traffic.output().contains("can't be reached"), traffic.output());
            }
            assertTrue(demo.handle().isAlive());
        }
    }

    @Test
    void a_gateway_that_traffic_does_not_speak_to_is_named() throws Exception {
        Map<String, String> environment = RunScriptTest.environment(0);
        environment.put("GATEWAY_URL", "https://localhost:8000");
        try (Launched traffic = Launched.start(environment, "./run.sh", "traffic")) {
            assertEquals(2, traffic.exitCode());
            assertEquals(
                    "GATEWAY_URL=https://localhost:8000: expected http://, the only scheme that the traffic supports",
                    traffic.output());
        }
        try (Launched help = Launched.start(environment, "./run.sh", "traffic", "--help")) {
            assertEquals(0, help.exitCode());
            assertTrue(help.output().startsWith("java gateway/demo/Traffic.java [--help]"), help.output());
        }
    }
}
