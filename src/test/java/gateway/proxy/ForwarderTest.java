package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.admission.ConcurrencyLimit;
import gateway.balance.Balancer;
import gateway.balance.RequestView;
import gateway.balance.RoundRobin;
import gateway.balance.Selection;
import gateway.client.TrustedProxies;
import gateway.events.Who;
import gateway.health.OutlierDetection;
import gateway.http.Via;
import gateway.lifecycle.RequestsUnderWay;
import gateway.limit.LimitHandler;
import gateway.limit.LimitStore;
import gateway.limit.Limits;
import gateway.net.NameLookup;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.OwnPaths;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.trace.Stages;
import gateway.trace.TraceStart;
import gateway.util.Stalls;
import gateway.util.Time;
import gateway.util.Timer;
import io.javalin.Javalin;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

    @Test
    void a_name_server_that_does_not_answer_is_waited_for_as_long_as_connecting_may_take() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        NameLookup names = silentUntil(never);
        List<RawClient.Answer> answers = new ArrayList<>();
        Balancer balancer = new RoundRobin(new AtomicInteger());
        Map<String, String> settings = Map.of("GATEWAY_CONNECT_TIMEOUT", "50ms");
        forwarding(List.of("http://service.example"), names, settings, balancer, (client, backends) -> {
            answers.add(client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer());
        });
        RawClient.Answer answer = answers.get(0);
        assertEquals(1, never.getCount());
        never.countDown();
        assertEquals(502, answer.status());
        assertTrue(answer.body().contains("The service test gave no answer: name look-up timed out"), answer.body());
        String proxyStatus = answer.header("Proxy-Status").get(0);
        assertTrue(proxyStatus.startsWith("api-gateway; error=dns_timeout; next-hop=\"test\""), proxyStatus);
    }

    @Test
    void services_that_cannot_be_connected_to_in_time_do_not_add_up_beyond_the_patience() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Balancer balancer = new RoundRobin(new AtomicInteger());
        Map<String, String> settings = Map.of("GATEWAY_CONNECT_TIMEOUT", "100ms", "GATEWAY_UPSTREAM_TIMEOUT", "50ms");
        List<String> urls = List.of("http://one.example", "http://two.example", "http://three.example");
        forwarding(urls, silentUntil(never), settings, balancer, (client, backends) -> {
            assertEquals(
                    502,
                    client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")
                            .answer()
                            .status());
            assertEquals(
                    1,
                    backends.stream()
                            .mapToLong(backend -> backend.load().requests())
                            .sum(),
                    "no further one was tried");
        });
        never.countDown();
    }

    private static NameLookup silentUntil(CountDownLatch answer) {
        return new NameLookup(host -> {
            try {
                answer.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        });
    }

    @Test
    void retries_that_break_leave_their_places_in_the_budget() throws Exception {
        // A balancer that threw once kept its retry's place for good; three places are all that a quiet gateway has.
        AtomicInteger toBreak = new AtomicInteger(4);
        try (TestBackend failing = TestBackend.hangsUp();
                TestBackend good = TestBackend.named("good")) {
            List<Integer> statuses = new ArrayList<>();
            forwarding(List.of(failing.url(), good.url()), firstThenBreaking(toBreak), (client, backends) -> {
                for (int i = 0; i < 5; i++) {
                    statuses.add(client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")
                            .answer()
                            .status());
                }
                for (Backend backend : backends) {
                    Await.until("its end", () -> backend.load().inFlight() == 0);
                }
            });
            assertEquals(List.of(500, 500, 500, 500, 200), statuses);
        }
    }

    /** Chooses the first of two, and of what is left for a retry the only one, if it doesn't throw. */
    private static Balancer firstThenBreaking(AtomicInteger toBreak) {
        return new Balancer() {
            @Override
            public Backend choose(List<Backend> available, RequestView request) {
                if (available.size() == 1 && toBreak.getAndDecrement() > 0) {
                    throw new IllegalStateException("a balancer's fault, thrown by a test");
                }
                return available.get(0);
            }

            @Override
            public String name() {
                return "first";
            }
        };
    }

    /** The answer to a request for a service there, which counts as healthy. */
    private static RawClient.Answer answer(String service) throws Exception {
        AtomicReference<RawClient.Answer> answer = new AtomicReference<>();
        forwarding(List.of(service), new RoundRobin(new AtomicInteger()), (client, backends) -> {
            answer.set(client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer());
            Await.until("its end", () -> backends.get(0).load().inFlight() == 0); // the answer is whole a moment before
        });
        return answer.get();
    }

    private interface Step {
        void run(RawClient client, List<Backend> backends) throws Exception;
    }

    /** Runs a step on a connection to a forwarder for services there, which count as healthy. */
    private static void forwarding(List<String> urls, Balancer balancer, Step step) throws Exception {
        forwarding(urls, new NameLookup(), Map.of("GATEWAY_UPSTREAM_TIMEOUT", "200ms"), balancer, step);
    }

    private static void forwarding(
            List<String> urls, NameLookup names, Map<String, String> environment, Balancer balancer, Step step)
            throws Exception {
        Settings settings = Settings.from(environment);
        Time time = Time.system();
        ServiceList services = new ServiceList(time);
        try (Timer timer = new Timer();
                Forwarder forwarder = new Forwarder(
                        services,
                        new OutlierDetection(services, backend -> HealthCheck.USUAL, new Stalls(time), time),
                        names,
                        new Stalls(time),
                        settings,
                        time)) {
            forwarder.start(timer);
            List<Backend> backends = new ArrayList<>();
            for (String url : urls) {
                String name = urls.size() == 1 ? "test" : "test" + backends.size();
                Backend backend = services.register(
                                new Service(name, ServiceUrl.parse(url), Optional.empty()), Who.GATEWAY)
                        .backend();
                services.admit(backend, "test");
                backends.add(backend);
            }
            Routes routes = new Routes(
                    RouteDefaults.of(settings).only(),
                    services,
                    route -> new Selection(balancer),
                    new OwnPaths(true),
                    request -> false);
            LimitHandler limiter = new LimitHandler(Limits.of(routes, LimitStore.MEMORY, 10, time), settings, time);
            Javalin app = Javalin.create(config -> {
                        config.startup.showJavalinBanner = false;
                        config.jetty.modifyServer(RequestsUnderWay::of);
                        ServerConfig.handleBefore(
                                config,
                                new Stages(
                                        new TraceStart(routes::match, TrustedProxies.NOBODY, () -> 42, time),
                                        new ProxyHandler(forwarder, limiter, new Via("1"), new ConcurrencyLimit(1))));
                    })
                    .start("127.0.0.1", 0);
            try (RawClient client = new RawClient(app.port())) {
                step.run(client, backends);
            } finally {
                app.stop();
            }
        }
    }
}
