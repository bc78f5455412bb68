package gateway.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.util.Stalls;
import gateway.util.Threads;
import gateway.util.Time;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which checks begin, and who waits for them. */
class HealthCheckerTest {
    private static final Set<Thread.State> ENDED_OR_WAITING =
            EnumSet.of(Thread.State.TERMINATED, Thread.State.TIMED_WAITING);

    private final Time time = Time.system();
    private final ServiceList services = new ServiceList(time);

    private HealthChecker checker(ExecutorService threads) {
        Settings settings = Settings.from(Map.of("GATEWAY_HEALTH_TIMEOUT", "30s", "GATEWAY_HEALTH_INTERVAL", "1h"));
        return new HealthChecker(
                services,
                backend -> HealthCheck.USUAL,
                settings,
                new NameLookup(),
                new Via("test"),
                new Stalls(time),
                time,
                () -> 0.5,
                new CheckThreads(Duration.ofSeconds(30), threads));
    }

    private Backend add(String name, TestBackend backend) {
        return services.register(new Service(name, ServiceUrl.parse(backend.url()), Optional.empty()), Who.GATEWAY)
                .backend();
    }

    /** Threads of which the first can't be made: {@link #ERROR} is thrown instead, as Java does then. */
    private static final class NoFirstThread extends ThreadPoolExecutor {
        private static final Error ERROR = new OutOfMemoryError("unable to create native thread");

        private final AtomicInteger executed = new AtomicInteger();

        private NoFirstThread() {
            super(0, 32, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Threads.daemons("check of the test"));
        }

        @Override
        public void execute(Runnable task) {
            if (executed.getAndIncrement() == 0) {
                throw ERROR;
            }
            super.execute(task);
        }
    }

    /**
     * A check counted as begun before it had a thread. When the system once had none left, the service's checks never
     * began again, and nothing said so; nor did those of the services after it at that tick.
     */
    @Test
    void a_check_that_got_no_thread_begins_at_the_next_tick_and_the_others_at_once() throws Exception {
        try (TestBackend backend = TestBackend.named("any");
                HealthChecker checker = checker(new NoFirstThread())) {
            Backend first = add("a", backend);
            Backend second = add("b", backend);
            Throwable told = assertThrows(IllegalStateException.class, checker::tick);
            assertSame(NoFirstThread.ERROR, told.getCause());
            Await.until("a check of the second", second::available);
            assertTrue(first.checks().last().isEmpty());
            checker.tick();
            Await.until("a check of the first", first::available);
        }
    }

    @Test
    void a_check_that_somebody_waits_for_and_that_got_no_thread_may_begin_again() throws Exception {
        try (TestBackend backend = TestBackend.named("any");
                HealthChecker checker = checker(new NoFirstThread())) {
            Backend first = add("a", backend);
            assertSame(NoFirstThread.ERROR, assertThrows(OutOfMemoryError.class, checker::checkAll));
            checker.checkAll();
            assertTrue(first.available());
        }
    }

    /**
     * Whoever changed the routes waited for the first checks of the new services, unless the timer had just begun them:
     * then the routes were in use at once, and their requests got 503 for as long as the checks took.
     */
    @Test
    void whoever_waits_for_checks_waits_for_those_that_the_timer_has_begun() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (TestBackend held = TestBackend.named("held").withHealth((request, wire) -> {
                    asked.countDown();
                    await(answer);
                    wire.ok("{}");
                });
                HealthChecker checker = checker(Threads.forWaiting("check of the test", 32))) {
            Backend backend = add("held", held);
            checker.tick();
            await(asked);
            Thread waiting = new Thread(() -> checker.checkAll(List.of(backend), Duration.ofSeconds(30)), "waiting");
            waiting.start();
            Await.until("its wait or its end", () -> ENDED_OR_WAITING.contains(waiting.getState()));
            assertEquals(Thread.State.TIMED_WAITING, waiting.getState());
            answer.countDown();
            waiting.join(30_000);
            assertTrue(backend.available());
        } finally {
            answer.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
