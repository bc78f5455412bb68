package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.admission.ConcurrencyLimit;
import gateway.balance.RoundRobin;
import gateway.client.TrustedProxies;
import gateway.health.OutlierDetection;
import gateway.http.PathPrefix;
import gateway.http.Via;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.trace.TraceHandler;
import gateway.util.Time;
import gateway.util.Timer;
import io.javalin.Javalin;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The forwarder with a list that the test makes, for backends that no check would admit. */
class ForwarderTest {
    @Test
    void a_tls_backend_that_accepts_and_says_nothing_holds_no_request_for_ever() throws Exception {
        // OkHttp's read timeout is off, so the handshake had none: requests hung and their connections leaked.
        try (ServerSocket mute = new ServerSocket(0)) {
            RawClient.Answer answer = answer("https://127.0.0.1:" + mute.getLocalPort());
            assertEquals(502, answer.status());
            assertFalse(answer.body().isEmpty());
        }
    }

    @Test
    void a_service_that_came_to_the_list_without_being_looked_at_is_not_connected_to() throws Exception {
        RawClient.Answer answer = answer("http://169.254.169.254:80");
        assertEquals(502, answer.status());
        String words = "leads to 169.254.169.254, a link-local address, which is not allowed for a service";
        assertTrue(answer.body().contains("The service test gave no answer: " + words), answer.body());
        String proxyStatus = answer.header("Proxy-Status").get(0);
        assertTrue(
                proxyStatus.startsWith("api-gateway; error=destination_ip_prohibited; next-hop=\"test\""), proxyStatus);
    }

    /** The answer to a request for a service there, which counts as healthy. */
    private static RawClient.Answer answer(String service) throws Exception {
        Settings settings = Settings.from(Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms"));
        Time time = Time.system();
        ServiceList services = new ServiceList(time);
        try (Timer timer = new Timer();
                Forwarder forwarder = new Forwarder(
                        services,
                        new RoundRobin(new AtomicInteger()),
                        new OutlierDetection(services, time),
                        settings,
                        time)) {
            forwarder.start(timer);
            Backend backend = services.register(new Service("test", ServiceUrl.parse(service), Optional.empty()))
                    .backend();
            services.admit(backend, "test");
            Javalin app = Javalin.create(config -> {
                        config.startup.showJavalinBanner = false;
                        config.routes.before(
                                new TraceHandler(new PathPrefix("/api"), TrustedProxies.NOBODY, () -> 42, time));
                        config.routes.before(new ProxyHandler(
                                forwarder, new PathPrefix("/api"), new Via("1"), new ConcurrencyLimit(1)));
                    })
                    .start("127.0.0.1", 0);
            try (RawClient client = new RawClient(app.port())) {
                RawClient.Answer answer =
                        client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer();
                Await.until("its end", () -> backend.inFlight() == 0); // the answer is whole a moment before
                return answer;
            } finally {
                app.stop();
            }
        }
    }
}
