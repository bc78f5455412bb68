import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway as a process whose file of routes changes under load, by signal and without. */
@Tag("process")
class RoutesReloadTest {
    private static final int CLIENTS = 4;
    private static final int REQUESTS = 10_000;
    private static final int CHANGES = 50;

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("routes.yaml");
    }

    /** The same two apps each time, at the same paths; all else changes from one version to the next. */
    private static String version(int number, List<TestBackend> shop, TestBackend blog) {
        String[] balances = {"round-robin", "least-requests", "hash:client", "sticky"};
        StringBuilder services = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            String url = shop.get((number + i) % shop.size()).url();
            services.append(i == 0 ? "" : ", ").append("{url: '" + url + "', weight: " + (1 + number % 3) + "}");
        }
        StringBuilder yaml = new StringBuilder("routes:\n");
        yaml.append("  shop: {match: {path: /shop}, services: [" + services + "], balance: '" + balances[number % 4]
                + "', timeout: " + (10 + number) + "s, slow-start: off}\n");
        yaml.append("  blog-" + number % 2 + ": {match: {path: /blog}, services: ['" + blog.url() + "']}\n");
        for (int i = 0; i < number % 7; i++) {
            yaml.append("  more-" + i + ": {match: {path: /shop-" + number + "/" + i + "}}\n");
        }
        return yaml.toString();
    }

    /** As different editors and tools do it. */
    private void write(int number, String yaml) throws IOException {
        if (number % 2 == 0) {
            Files.writeString(file(), yaml);
        } else {
            Path fresh = Files.writeString(folder.resolve("fresh"), yaml);
            Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Test
    void ten_thousand_requests_while_the_file_changes_fifty_times_all_arrive_and_are_counted_once() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicInteger arrived = new AtomicInteger();
        List<TestBackend> shop = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            shop.add(TestBackend.doing((request, wire) -> {
                arrived.incrementAndGet();
                wire.ok("shop");
            }));
        }
        TestBackend blog = TestBackend.doing((request, wire) -> {
            arrived.incrementAndGet();
            wire.ok("blog");
        });
        write(0, version(0, shop, blog));
        try (Launched gateway =
                Program.gateway(Map.of("GATEWAY_ROUTES", file().toString(), "GATEWAY_ACCESS_LOG", "off"))) {
            AtomicInteger sent = new AtomicInteger();
            List<Future<Map<String, Integer>>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> ask(gateway.port(), sent)));
            }
            for (int number = 1; number <= CHANGES; number++) {
                write(number, version(number, shop, blog));
                gateway.signal("HUP");
                int goal = number * (REQUESTS / (CHANGES + 1));
                gateway.lines("routes taken from", number);
                Await.until(goal + " requests", () -> sent.get() >= goal);
            }
            Map<String, Integer> answers = new TreeMap<>();
            for (Future<Map<String, Integer>> client : clients) {
                client.get().forEach((answer, times) -> answers.merge(answer, times, Integer::sum));
            }
            assertEquals(Map.of("200 shop", REQUESTS / 2, "200 blog", REQUESTS / 2), answers);
            assertEquals(REQUESTS, arrived.get());
            try (RawClient client = new RawClient(gateway.port())) {
                String stats = client.send("GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .answer()
                        .body();
                JsonNode totals = new ObjectMapper().readTree(stats).path("totals");
                assertEquals(REQUESTS, totals.path("forwarded").asInt(), stats);
                assertEquals(0, totals.path("failures").asInt(), stats);
            }
            assertEquals(0, gateway.count("routes not taken"), gateway.output());
            assertFalse(gateway.output().contains("no longer listed"), gateway.output());
        } finally {
            threads.shutdownNow();
            blog.close();
            for (TestBackend backend : shop) {
                backend.close();
            }
        }
    }

    /** Asks both apps in turn, and returns how often each answer came. */
    private static Map<String, Integer> ask(int port, AtomicInteger sent) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        try (RawClient client = new RawClient(port)) {
            for (int i = 0; i < REQUESTS / CLIENTS; i++) {
                String path = i % 2 == 0 ? "/shop/x" : "/blog/x";
                RawClient.Answer answer = client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .answer();
                answers.merge(answer.status() + " " + answer.body(), 1, Integer::sum);
                sent.incrementAndGet();
            }
        }
        return answers;
    }

    @Test
    void each_change_has_one_line_that_says_what_it_is() throws Exception {
        Files.writeString(file(), "routes: {a: {match: {path: /a}}, old: {match: {path: /old}}}");
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_ROUTES", file().toString()))) {
            Files.writeString(file(), "routes: {a: {match: {path: /a}, retries: 0}, b: {match: {path: /docs}}}");
            String taken = gateway.line("routes taken from");
            assertTrue(taken.endsWith(file() + ": added b; changed a; removed old"), taken);
            gateway.line("the route b (/docs) gets no requests: this path is the gateway's own");
            Files.writeString(file(), "routes: {a: {match: {path: a}, retry: 0}}");
            String refused = gateway.line("routes not taken");
            assertTrue(
                    refused.contains("the 2 in use stay: GATEWAY_ROUTES=" + file()
                            + ": line 1, column 22: routes.a.match.path: a: expected a path like /shop"),
                    refused);
            assertTrue(refused.endsWith(" (and 1 more; --check shows all)"), refused);
            Files.delete(file());
            gateway.line("there is no such file");
            gateway.signal("HUP");
            gateway.lines("there is no such file", 2);
            assertEquals(1, gateway.count("routes taken from"));
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
        }
    }

    @Test
    void a_bad_file_at_the_start_ends_the_gateway_with_all_that_is_wrong() throws Exception {
        Files.writeString(file(), "routes:\n  a: {match: {path: a}, retry: 0}\n");
        try (Launched gateway =
                Program.start(Map.of("GATEWAY_PORT", "0", "GATEWAY_ROUTES", file().toString()), "GatewayApp")) {
            assertEquals(2, gateway.exitCode());
            String[] lines = gateway.output().split("\n");
            assertEquals(2, lines.length, gateway.output());
            assertTrue(
                    lines[0].startsWith("GATEWAY_ROUTES=" + file() + ": line 2, column 15: routes.a.match.path: a: "));
            assertTrue(
                    lines[1].startsWith("GATEWAY_ROUTES=" + file() + ": line 2, column 25: routes.a.retry: is no key"));
        }
    }

    @Test
    void without_a_file_the_signal_ends_the_gateway_as_ever() throws Exception {
        try (Launched gateway = Program.gateway(Map.of())) {
            gateway.signal("HUP");
            assertEquals(0, gateway.exitCode(), "after a signal that ends it");
        }
    }
}
