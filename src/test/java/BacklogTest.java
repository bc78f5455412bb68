import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gateway.testing.Await;
import gateway.testing.Ports;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server with room for five waiting connections, as in the README, and more clients than that at once. */
@Tag("process")
class BacklogTest {
    private static final int CLIENTS = 64;

    @TempDir
    private Path site;

    /**
     * The system drops what doesn't fit and the sender tries again after a second, which was just when the gateway gave
     * up: of 24 clients 7 got 502, and then all 503 for 5 s, though it was the only service.
     */
    @Test
    void more_clients_at_once_than_a_service_can_queue_are_connected_to_late_but_are() throws Exception {
        Files.writeString(site.resolve("health"), "ok");
        Files.writeString(site.resolve("hello"), "hello from python");
        int port = Ports.reserved();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        Map<String, String> settings =
                Map.of("GATEWAY_SERVICES", "http://127.0.0.1:" + port, "GATEWAY_CONNECT_TIMEOUT", ""); // the default
        try (Launched python = Launched.start(
                        site, Map.of(), "python3", "-m", "http.server", "--bind", "127.0.0.1", "" + port);
                TestGateway gateway = TestGateway.with(settings)) {
            Await.until("a good check", () -> gateway.status(0).equals("healthy"));
            for (int round = 1; round <= 3; round++) {
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    answers.add(threads.submit(() -> get(gateway)));
                }
                for (Future<Answer> answer : answers) {
                    // Of a connection that was made in such a crowd the kernel may forget its end (SYN cookies)
                    String body = answer.get().body();
                    assertFalse(body.contains("could not connect") || body.contains("No registered service"), body);
                }
                assertEquals("healthy", gateway.status(0), python.output());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Answer get(TestGateway gateway) throws IOException {
        try (RawClient client = gateway.raw()) {
            return client.send("GET /api/hello HTTP/1.1\r\nHost: x\r\n\r\n").answer();
        }
    }
}
