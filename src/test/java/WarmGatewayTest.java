import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.lifecycle.Drain;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.util.Time;
import gateway.warmup.WarmUp;
import io.javalin.Javalin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A gateway warms up by requests to a twin of itself, of which nothing is seen. */
@Isolated // System.out is replaced for a moment
class WarmGatewayTest {
    /** Warms up with these settings, and returns how many requests were answered; the twin must be gone then. */
    private static int warmUp(Map<String, String> settings) {
        List<Javalin> twins = new ArrayList<>();
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_WARM_UP", "100ms"));
        all.putAll(settings);
        int answered = WarmUp.run(Settings.from(all), twin -> {
            twins.add(GatewayApp.create(twin, new Drain(), Time.system()));
            return twins.get(0);
        });
        assertEquals(1, twins.size());
        assertTrue(twins.get(0).jettyServer().server().isStopped());
        return answered;
    }

    @Test
    void requests_are_answered_by_a_twin_that_ends() {
        assertNotEquals(0, warmUp(Map.of()));
    }

    @Test
    void they_are_many_more_than_the_limit_allows_a_client() {
        assertTrue(warmUp(Map.of("GATEWAY_RATE_LIMIT", "1/24h")) > 1);
    }

    @Test
    void with_tls_both_protocols_are_used_even_where_clients_need_a_certificate(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("Test CA");
        Map<String, String> settings = new HashMap<>(ca.issue("gateway.example").writeTo(folder));
        settings.put(
                "GATEWAY_TLS_CLIENT_CA", ca.writeTo(folder.resolve("ca.pem")).toString());
        assertNotEquals(0, warmUp(settings));
    }

    @Tag("process")
    @Test
    void nothing_of_it_is_seen() throws Exception {
        try (TestBackend backend = TestBackend.named("a");
                Launched gateway = Program.gateway(Map.of(
                        "GATEWAY_WARM_UP",
                        "200ms",
                        "GATEWAY_SERVICES",
                        backend.url(),
                        "GATEWAY_RATE_LIMIT",
                        "2/24h"))) {
            List<String> lines = gateway.output().lines().toList();
            assertEquals(2, lines.size(), gateway.output());
            assertTrue(lines.get(0).contains(backend.url() + ") is healthy"), gateway.output());
            int port = gateway.port();
            assertEquals(0, RunScriptTest.get(port, "/requests").at("/requests").size());
            JsonNode services = RunScriptTest.get(port, "/services");
            assertEquals(1, services.at("/services").size(), services.toString());
            try (RawClient client = new RawClient(port)) {
                String counts = client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answer()
                        .body();
                assertFalse(
                        counts.lines().anyMatch(line -> line.matches("gateway_(backend_)?requests_total.* 0*[1-9].*")),
                        counts);
                String get = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
                assertEquals(200, client.send(get).answer().status());
                assertEquals(200, client.send(get).answer().status());
                assertEquals(429, client.send(get).answer().status());
            }
        }
    }

    @Tag("process")
    @Test
    void a_signal_ends_it_at_once_and_the_port_is_not_open_yet() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/task")), "where threads can be seen from outside");
        try (Launched gateway = Program.start(Map.of("GATEWAY_PORT", "0", "GATEWAY_WARM_UP", "1m"), "GatewayApp")) {
            Path threads = Path.of("/proc", "" + gateway.handle().pid(), "task");
            Await.until("the warm-up's beginning", () -> names(threads).contains("warm-up-service"));
            gateway.terminate();
            assertEquals(128 + 15, gateway.exitCode());
            assertEquals("", gateway.output());
        }
    }

    private static List<String> names(Path threads) throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.list(threads)) {
            for (Path thread : all.toList()) {
                try {
                    names.add(Files.readString(thread.resolve("comm")).strip());
                } catch (IOException e) {
                    // it has ended
                }
            }
        }
        return names;
    }
}
