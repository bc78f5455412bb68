package gateway.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.util.Stalls;
import gateway.util.Time;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Health checks of many services that accept connections and never answer. */
class CheckThreadsTest {
    private static final int MANY = 1000;

    private final Time time = Time.system();
    private final ServiceList services = new ServiceList(time);

    private HealthChecker checker(NameLookup names, String timeout) {
        Settings settings = Settings.from(Map.of("GATEWAY_HEALTH_TIMEOUT", timeout, "GATEWAY_HEALTH_INTERVAL", "1h"));
        return new HealthChecker(
                services,
                backend -> HealthCheck.USUAL,
                settings,
                names,
                new Via("test"),
                new Stalls(time),
                time,
                () -> 0.5,
                new CheckThreads(settings.health().timeout()));
    }

    private Backend add(String name, String url) {
        return services.register(new Service(name, ServiceUrl.parse(url), Optional.empty()), Who.GATEWAY)
                .backend();
    }

    /** Accepts at all loopback addresses and never answers. */
    private static final class Hanging implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, MANY);
        private final List<Socket> open = new ArrayList<>();
        private final AtomicInteger accepted = new AtomicInteger();

        private Hanging() throws IOException {
            Thread thread = new Thread(this::accept, "hanging");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    open.add(server.accept());
                    accepted.incrementAndGet();
                }
            } catch (IOException e) {
                // closed
            }
        }

        private String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** There was a thread for each: 1,032 in all. */
    @Test
    void a_thousand_services_that_hang_do_not_take_a_thousand_threads() throws Exception {
        try (Hanging hanging = new Hanging();
                HealthChecker checker = checker(new NameLookup(), "1m")) {
            for (int i = 0; i < MANY; i++) {
                add("hanging-" + i, hanging.url());
            }
            int before = ManagementFactory.getThreadMXBean().getThreadCount();
            checker.tick();
            Await.until("checks", () -> hanging.accepted.get() >= 32);
            checker.tick();
            int more = ManagementFactory.getThreadMXBean().getThreadCount() - before;
            assertTrue(more <= 70, more + " threads more");
        }
    }

    @Test
    void services_that_hang_do_not_delay_the_checks_of_those_that_answer() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (CheckThreads threads = new CheckThreads(Duration.ofSeconds(1), false)) {
            for (int i = 0; i < 100; i++) {
                Backend slow = add("hanging-" + i, "http://127.0.0.1:1");
                slow.checks()
                        .add(new Check(
                                time.now(),
                                Duration.ofSeconds(1),
                                Optional.of(new Check.Problem("no whole answer within 1s", Check.Contact.MADE))));
                threads.of(slow).execute(() -> await(end));
            }
            Backend prompt = add("prompt", "http://127.0.0.1:1");
            prompt.checks().add(new Check(time.now(), Duration.ofMillis(5), Optional.empty()));
            CountDownLatch checked = new CountDownLatch(1);
            threads.of(prompt).execute(checked::countDown);
            assertTrue(checked.await(30, TimeUnit.SECONDS));
        } finally {
            end.countDown();
        }
    }

    /** The check waited for the name server, 8 s in one case, whatever the timeout; and with it the gateway's start. */
    @Test
    void a_name_server_that_does_not_answer_is_waited_for_no_longer_than_a_check_may_take() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        NameLookup names = new NameLookup(host -> {
            if (host.equals("slow.example")) {
                await(never);
            }
            return InetAddress.getAllByName("127.0.0.1");
        });
        try (TestBackend good = TestBackend.named("good");
                HealthChecker checker = checker(names, "500ms")) {
            int port = ServiceUrl.parse(good.url()).port();
            Backend slow = add("slow", "http://slow.example:" + port);
            Backend quick = add("quick", "http://quick.example:" + port);
            checker.checkAll();
            Await.until(
                    "both",
                    () -> slow.checks().last().isPresent()
                            && quick.checks().last().isPresent());
            assertEquals(1, never.getCount());
            assertEquals(
                    Optional.of(new Check.Problem("name look-up timed out", Check.Contact.LATE)),
                    slow.checks().last().orElseThrow().problem());
            Await.until(
                    "a good check", () -> checker.check(quick).orElseThrow().good()); // a busy machine may take several
        } finally {
            never.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
