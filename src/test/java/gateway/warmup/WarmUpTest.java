package gateway.warmup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.settings.Settings;
import gateway.testing.RawClient;
import io.javalin.Javalin;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What happens when warming up goes wrong. That it goes right, and leaves nothing behind, is in WarmGatewayTest. */
@Isolated // it replaces System.out for a moment
class WarmUpTest {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private static Settings settings(String warmUp) {
        return Settings.from(Map.of("GATEWAY_WARM_UP", warmUp));
    }

    @Test
    void without_time_for_it_there_is_no_twin() {
        AtomicInteger twins = new AtomicInteger();
        assertEquals(0, WarmUp.run(settings("0s"), twin -> {
            twins.incrementAndGet();
            throw new IllegalStateException();
        }));
        assertEquals(0, twins.get());
    }

    @Test
    void a_twin_that_can_not_be_made_stops_nothing_and_gives_the_output_back() {
        PrintStream output = System.out;
        assertEquals(0, WarmUp.run(settings("1m"), twin -> {
            throw new IllegalStateException("no memory for two");
        }));
        assertSame(output, System.out);
    }

    @Test
    void a_twin_that_answers_with_failures_ends_it_at_once() {
        assertEquals(
                0,
                WarmUp.run(
                        settings("1m"),
                        twin -> Javalin.create(config -> {
                            config.startup.showJavalinBanner = false;
                            config.jetty.host = twin.host();
                            config.jetty.port = twin.port();
                        })));
    }

    @Test
    void a_twin_that_never_starts_is_waited_for_no_longer_than_the_patience() {
        CountDownLatch never = new CountDownLatch(1);
        PrintStream output = System.out;
        try {
            assertEquals(
                    0,
                    WarmUp.run(
                            settings("1ms"),
                            twin -> {
                                try {
                                    never.await();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                                throw new IllegalStateException();
                            },
                            AT_ONCE));
            assertSame(output, System.out);
        } finally {
            never.countDown();
        }
    }

    @Test
    void a_twin_knows_the_protocol_and_the_limit_and_nothing_else_of_the_settings() {
        Settings given = Settings.from(Map.of(
                "GATEWAY_WARM_UP", "1ms",
                "GATEWAY_PORT", "4711",
                "GATEWAY_REDIS_URL", "redis://127.0.0.1:1",
                "GATEWAY_SERVICES", "http://127.0.0.1:2",
                "GATEWAY_ADMIN_PORT", "4712",
                "GATEWAY_RATE_LIMIT", "off"));
        List<Settings> settings = new ArrayList<>();
        WarmUp.run(given, twin -> {
            settings.add(twin);
            throw new IllegalStateException("enough");
        });
        Settings twin = settings.get(0);
        assertEquals("127.0.0.1", twin.host());
        assertEquals(0, twin.port());
        assertTrue(twin.redis().isEmpty()
                && twin.state().isEmpty()
                && twin.rateLimit().isEmpty());
        assertTrue(twin.access().port().isEmpty());
        assertTrue(twin.access().token().isPresent());
        assertEquals(1, twin.services().size());
        assertFalse(twin.services().get(0).toString().endsWith(":2"));
        assertTrue(twin.warmUp().isZero());
    }

    @Test
    void its_service_answers_those_who_know_the_token_and_health_checks() throws Exception {
        try (LoopbackService service = new LoopbackService("open-sesame")) {
            assertEquals(200, status(service, "GET /data HTTP/1.1\r\nX-Warm-Up: open-sesame\r\n\r\n"));
            assertEquals(200, status(service, "GET /health HTTP/1.1\r\n\r\n"));
            try (RawClient stranger = new RawClient(service.port())) {
                stranger.send("GET /data HTTP/1.1\r\nX-Warm-Up: please\r\n\r\n");
                assertThrows(IOException.class, stranger::head);
            }
        }
    }

    private static int status(LoopbackService service, String request) throws Exception {
        try (RawClient client = new RawClient(service.port())) {
            return client.send(request).answer().status();
        }
    }
}
