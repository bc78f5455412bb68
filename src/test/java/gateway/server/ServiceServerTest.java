package gateway.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ServiceUrl;
import gateway.service.FaultInjection;
import gateway.service.Registration;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.util.Pauses;
import io.javalin.Javalin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceServerTest {
    @Test
    void one_that_stops_answers_at_once_what_it_delays() throws Exception {
        CountDownLatch delayed = new CountDownLatch(1);
        Pauses delays = new Pauses();
        FaultInjection faults = new FaultInjection(Duration.ofHours(1), 0, () -> 0, time -> {
            delayed.countDown();
            delays.pause(time);
        });
        Javalin app = ServiceServer.create(faults, routes -> routes.get("/data", ctx -> ctx.result("whole")));
        ServiceServer server = new ServiceServer(app.start("127.0.0.1", 0), delays);
        Registration registration = Registration.start(
                List.of(ServiceUrl.parse("http://127.0.0.1:" + TestBackend.deadPort())),
                Optional.empty(),
                "a",
                ServiceUrl.parse("http://127.0.0.1:" + server.port()));
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /data HTTP/1.1\r\nHost: a\r\n\r\n");
            assertTrue(delayed.await(10, TimeUnit.SECONDS));
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop(registration));
            RawClient.Answer answer = client.answer();
            assertEquals(200, answer.status());
            assertEquals("whole", answer.body());
            stopped.get(30, TimeUnit.SECONDS);
        }
    }
}
