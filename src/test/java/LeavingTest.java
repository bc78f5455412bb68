import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.Await;
import gateway.testing.Ports;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.testing.TestRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Gateways and services that come and go while requests are under way. */
@Isolated("a process that gets no turn just while it closes its port loses connections")
@Tag("process")
class LeavingTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void an_answer_without_an_end_is_broken_off_when_the_drain_is_over() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestBackend endless = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "9\r\ndata: 1\n\n\r\n");
                    over.await();
                });
                Launched gateway = Program.gateway(Map.of("GATEWAY_SERVICES", endless.url(), "GATEWAY_DRAIN", "1s"));
                RawClient client = new RawClient(gateway.port())) {
            client.send(GET).head();
            assertEquals("data: 1\n\n", client.chunk());
            long start = System.nanoTime();
            gateway.terminate();
            assertThrows(IOException.class, client::chunk, "no last chunk: what was cut off isn't taken for the whole");
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertTrue(System.nanoTime() - start < 8_000_000_000L, "not by the default's patience");
            assertTrue(
                    gateway.output().matches("(?s).* stopped after \\d+\\.\\d s, 1 request broken off"),
                    gateway.output());
            assertFalse(gateway.output().contains("Exception"), gateway.output());
            assertLogged(gateway);
        } finally {
            over.countDown();
        }
    }

    /** Nobody woke the thread of a request that waited for its service, when the drain was over: it was never logged. */
    private static void assertLogged(Launched gateway) {
        assertTrue(gateway.output().matches("(?s).*\"GET /api/x\".* stopped after .*"), gateway.output());
    }

    @Test
    void without_a_drain_it_leaves_at_once() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestBackend slow = TestBackend.heldBy(over);
                Launched gateway = Program.gateway(Map.of("GATEWAY_SERVICES", slow.url(), "GATEWAY_DRAIN", "0s"));
                RawClient client = new RawClient(gateway.port())) {
            client.send(GET);
            slow.next();
            long start = System.nanoTime();
            gateway.terminate();
            assertEquals(0, gateway.exitCode(), gateway.output());
            assertTrue(System.nanoTime() - start < 8_000_000_000L, "not by the default's patience");
            assertTrue(
                    gateway.output().matches("(?s).* stopped after \\d+\\.\\d s, 1 request broken off"),
                    gateway.output());
            assertLogged(gateway);
        } finally {
            over.countDown();
        }
    }

    @Test
    void an_upgrade_on_the_same_port_refuses_no_connection_and_fails_no_request() throws Exception {
        upgrade(Map.of(), Clients::askingAnew);
    }

    @Test
    void an_upgrade_fails_no_request_of_http_2(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("Test CA");
        upgrade(ca.issue("localhost").writeTo(folder), port -> Clients.ofHttp2(port, ca));
    }

    /** How clients of a port come about. */
    private interface Arrival {
        Clients of(int port) throws Exception;
    }

    private static void upgrade(Map<String, String> more, Arrival load) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "elsewhere the system doesn't share a port out");
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b")) {
            Map<String, String> settings = new HashMap<>(more);
            settings.put("GATEWAY_SERVICES", a.url() + "," + b.url());
            settings.put("GATEWAY_REUSE_PORT", "true");
            Launched running = Program.gateway(settings);
            int port = running.port();
            settings.put("GATEWAY_PORT", "" + port);
            try (Clients clients = load.of(port)) {
                for (int upgrade = 0; upgrade < 2; upgrade++) {
                    clients.more(200);
                    Launched next = Program.gateway(settings);
                    Launched last = running;
                    running = next;
                    last.terminate();
                    assertEquals(0, last.exitCode(), last.output());
                    last.close();
                    clients.more(200);
                }
                assertEquals(List.of(), clients.failures());
            } finally {
                running.close();
            }
        }
    }

    @Test
    void services_restarted_one_after_another_cost_no_request() throws Exception {
        Map<String, Launched> services = new HashMap<>();
        int first = Ports.consecutive(3);
        Map<String, Integer> ports = Map.of("ServiceA", first, "ServiceB", first + 1, "ServiceC", first + 2);
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"))) {
            int port = gateway.port();
            Map<String, String> settings = Map.of("GATEWAY_URL", "http://127.0.0.1:" + port);
            for (String name : ports.keySet()) {
                services.put(name, service(name, ports.get(name), settings));
            }
            Await.until("three healthy services", () -> RunScriptTest.healthy(port) == 3);
            try (Clients clients = Clients.of(port, "/api/data")) {
                for (String name : ports.keySet()) {
                    clients.more(100);
                    Launched service = services.get(name);
                    service.terminate();
                    assertEquals(0, service.exitCode(), service.output());
                    clients.more(100);
                    services.put(name, service(name, ports.get(name), settings));
                    Await.until("its return", () -> RunScriptTest.healthy(port) == 3);
                }
                assertEquals(List.of(), clients.failures());
            }
            assertTrue(gateway.handle().isAlive());
        } finally {
            services.values().forEach(Launched::close);
        }
    }

    /** The new process took the name's place, and the old one's deregistration took out the new one: 4.2 s of 503. */
    @Test
    void a_service_upgraded_by_starting_the_new_process_before_the_old_one_stops_fails_no_post() throws Exception {
        Launched running = null;
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"))) {
            int port = gateway.port();
            Map<String, String> settings = Map.of("GATEWAY_URL", "http://127.0.0.1:" + port);
            running = service("ServiceA", 0, settings);
            Await.until("the first", () -> RunScriptTest.healthy(port) == 1);
            try (Clients clients = Clients.posting(port, "/api/data")) {
                for (int upgrade = 0; upgrade < 3; upgrade++) {
                    clients.more(100);
                    Launched next = service("ServiceA", 0, settings);
                    Launched last = running;
                    running = next;
                    Await.until("both", () -> RunScriptTest.healthy(port) == 2);
                    clients.more(100);
                    last.terminate();
                    assertEquals(0, last.exitCode(), last.output());
                    last.close();
                    assertEquals(1, RunScriptTest.healthy(port));
                    clients.more(100);
                }
                assertEquals(List.of(), clients.failures());
            }
        } finally {
            if (running != null) {
                running.close();
            }
        }
    }

    @Test
    void instances_of_a_service_upgraded_by_stopping_each_before_its_successor_starts_fail_no_post() throws Exception {
        int first = Ports.consecutive(2);
        Launched[] instances = new Launched[2];
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"))) {
            int port = gateway.port();
            Map<String, String> settings = Map.of("GATEWAY_URL", "http://127.0.0.1:" + port);
            for (int i = 0; i < 2; i++) {
                instances[i] = service("ServiceA", first + i, settings);
            }
            Await.until("both", () -> RunScriptTest.healthy(port) == 2);
            try (Clients clients = Clients.posting(port, "/api/data")) {
                for (int upgrade = 0; upgrade < 4; upgrade++) {
                    int i = upgrade % 2;
                    clients.more(100);
                    instances[i].terminate();
                    assertEquals(0, instances[i].exitCode(), instances[i].output());
                    instances[i].close();
                    clients.more(100);
                    instances[i] = service("ServiceA", first + i, settings);
                    Await.until("its successor", () -> RunScriptTest.healthy(port) == 2);
                }
                assertEquals(List.of(), clients.failures());
            }
        } finally {
            for (Launched instance : instances) {
                if (instance != null) {
                    instance.close();
                }
            }
        }
    }

    @Test
    @Tag("redis")
    void a_service_upgraded_behind_two_gateways_with_one_list_fails_no_post_at_either() throws Exception {
        Launched running = null;
        try (TestRedis redis = TestRedis.start()) {
            Map<String, String> shared = Map.of("GATEWAY_HEALTH_INTERVAL", "100ms", "GATEWAY_REDIS_URL", redis.url());
            try (Launched one = Program.gateway(shared);
                    Launched two = Program.gateway(shared)) {
                Map<String, String> settings =
                        Map.of("GATEWAY_URL", "http://127.0.0.1:" + one.port() + ",http://127.0.0.1:" + two.port());
                running = service("ServiceA", 0, settings);
                awaitHealthy(1, one, two);
                try (Clients first = Clients.posting(one.port(), "/api/data");
                        Clients second = Clients.posting(two.port(), "/api/data")) {
                    for (int upgrade = 0; upgrade < 3; upgrade++) {
                        Launched next = service("ServiceA", 0, settings);
                        Launched last = running;
                        running = next;
                        awaitHealthy(2, one, two);
                        first.more(100);
                        second.more(100);
                        last.terminate();
                        assertEquals(0, last.exitCode(), last.output());
                        last.close();
                        awaitHealthy(1, one, two);
                        first.more(100);
                        second.more(100);
                    }
                    assertEquals(List.of(), first.failures());
                    assertEquals(List.of(), second.failures());
                }
            }
        } finally {
            if (running != null) {
                running.close();
            }
        }
    }

    private static void awaitHealthy(int count, Launched... gateways) throws Exception {
        for (Launched gateway : gateways) {
            int port = gateway.port();
            Await.until(count + " healthy", () -> RunScriptTest.healthy(port) == count);
        }
    }

    /** Every lease ended in the moment in which the gateway went on: 503 until all had registered anew. */
    @Test
    void a_gateway_that_stood_still_for_longer_than_a_lease_has_all_its_services_when_it_goes_on() throws Exception {
        try (Launched gateway = Program.gateway(Map.of("GATEWAY_LEASE", "2s"))) {
            int port = gateway.port();
            Map<String, String> settings = Map.of("GATEWAY_URL", "http://127.0.0.1:" + port);
            try (Launched a = service("ServiceA", 0, settings);
                    Launched b = service("ServiceB", 0, settings)) {
                Await.until("both", () -> RunScriptTest.healthy(port) == 2);
                for (int stall = 0; stall < 2; stall++) {
                    gateway.signal("STOP");
                    long end = System.nanoTime() + 4_000_000_000L;
                    Await.until("two leases' time", () -> System.nanoTime() - end > 0);
                    gateway.signal("CONT");
                    try (Clients clients = Clients.posting(port, "/api/data")) {
                        gateway.line("this process stood still for ");
                        clients.more(500);
                        assertEquals(List.of(), clients.failures());
                    }
                }
                assertFalse(gateway.output().contains("left the list"), gateway.output());
                assertTrue(a.handle().isAlive() && b.handle().isAlive());
            }
        }
    }

    private static Launched service(String name, int port, Map<String, String> settings) throws Exception {
        Launched service = Program.start(settings, name, "" + port);
        service.line("Registered as");
        return service;
    }
}
