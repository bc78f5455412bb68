package gateway.metrics;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.admission.AdmissionControl;
import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Who;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.limit.LimitHandler;
import gateway.limit.LimitStore;
import gateway.limit.Limits;
import gateway.net.Networks;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.Draining;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.RouteConfig;
import gateway.route.Routes;
import gateway.settings.Settings;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import gateway.tls.CertificateInUse;
import gateway.trace.Outcome;
import gateway.trace.TestTrace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final FakeTime time = new FakeTime();
    private final ServiceList services = new ServiceList(time);
    private final Metrics metrics = new Metrics();
    private final CertificateInUse certificate = new CertificateInUse(EventListener.NONE);
    private final Exposition exposition = new Exposition(
            metrics,
            services,
            new LimitHandler(
                    Limits.of(TestRoutes.usual(services), LimitStore.MEMORY, 10, time),
                    Networks.NONE,
                    Optional.empty(),
                    time),
            new AdmissionControl(Settings.from(Map.of()), time),
            certificate,
            () -> 42);

    @AfterEach
    void close() {
        exposition.close();
    }

    private String text(String accept) throws Exception {
        return new String(exposition.page(accept).bytes(), StandardCharsets.UTF_8);
    }

    /** The values of a metric, in order: what stands behind its name. */
    private List<String> values(String name) throws Exception {
        return text(null)
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).strip())
                .toList();
    }

    private Backend register(String name) {
        return services.register(
                        new Service(name, ServiceUrl.parse("http://" + name + ":1"), Optional.empty()), Who.GATEWAY)
                .backend();
    }

    @Test
    void requests_are_counted_by_outcome_method_and_class_of_status() throws Exception {
        metrics.accept(TestTrace.get().servedBy("a").ended(200));
        metrics.accept(TestTrace.get().servedBy("a").ended(299));
        metrics.accept(TestTrace.of("POST", "/api/x", "id").servedBy("a").ended(404));
        metrics.accept(TestTrace.get().limited().ended(429));
        metrics.accept(TestTrace.get().clientGone().ended(0));
        metrics.accept(TestTrace.get()
                .answeredBy(ProblemType.NO_SERVICE_AVAILABLE.problem("none"))
                .ended(503));
        assertEquals(
                List.of(
                        "{method=\"GET\",outcome=\"abandoned\",status_class=\"none\"} 1.0",
                        "{method=\"GET\",outcome=\"failed\",status_class=\"5xx\"} 1.0",
                        "{method=\"GET\",outcome=\"limited\",status_class=\"4xx\"} 1.0",
                        "{method=\"GET\",outcome=\"served\",status_class=\"2xx\"} 2.0",
                        "{method=\"POST\",outcome=\"served\",status_class=\"4xx\"} 1.0"),
                values("gateway_requests_total").stream().sorted().toList());
    }

    @Test
    void whatever_clients_and_backends_think_of_the_labels_are_few() throws Exception {
        for (int i = 0; i < 2000; i++) {
            metrics.accept(
                    TestTrace.of("M" + i, "/api/" + i, "id" + i).servedBy("a").ended(i));
        }
        assertEquals(
                List.of("1xx", "2xx", "3xx", "4xx", "5xx", "none"),
                values("gateway_requests_total").stream()
                        .map(line -> line.replaceAll(
                                "\\{method=\"other\",outcome=\"served\",status_class=\"(.*)\"}.*", "$1"))
                        .sorted()
                        .toList());
    }

    @Test
    void what_is_for_the_gateway_itself_is_not_counted() throws Exception {
        metrics.accept(TestTrace.forGateway().ended(200));
        assertEquals(List.of(), values("gateway_requests_total"));
    }

    @Test
    void a_duration_falls_into_the_bucket_that_ends_with_it() throws Exception {
        for (long millis : new long[] {0, 1, 2, 3, 30_000, 100_000}) {
            metrics.accept(TestTrace.get().servedBy("a").ended(200, 0, Duration.ofMillis(millis)));
        }
        List<String> buckets = values("gateway_request_duration_seconds_bucket").stream()
                .filter(line -> line.contains("served"))
                .map(line -> line.replaceAll(".*le=\"(.*)\"} (.*)", "$1 $2"))
                .toList();
        assertEquals(
                List.of(
                        "0.001 2", "0.002 3", "0.005 4", "0.01 4", "0.02 4", "0.05 4", "0.1 4", "0.2 4", "0.5 4",
                        "1.0 4", "2.0 4", "5.0 4", "10.0 4", "30.0 5", "+Inf 6"),
                buckets);
        assertTrue(values("gateway_request_duration_seconds_count").contains("{outcome=\"served\"} 6"));
        assertTrue(values("gateway_request_duration_seconds_sum").contains("{outcome=\"served\"} 130.006"));
        assertTrue(values("gateway_request_duration_seconds_count").contains("{outcome=\"failed\"} 0"));
    }

    @Test
    void a_retry_has_the_reason_of_the_attempt_that_it_follows() throws Exception {
        metrics.accept(TestTrace.get()
                .failedAt("a", "connection refused", ProxyError.CONNECTION_REFUSED)
                .failedAt("b", "reset the connection", ProxyError.CONNECTION_TERMINATED)
                .servedBy("c")
                .ended(200));
        metrics.accept(TestTrace.get()
                .failedAt("a", "was silent", ProxyError.HTTP_RESPONSE_TIMEOUT)
                .answeredBy(ProblemType.GATEWAY_TIMEOUT.problem("silent"))
                .ended(504));
        assertEquals(
                List.of("{reason=\"connection_refused\"} 1.0", "{reason=\"connection_terminated\"} 1.0"),
                values("gateway_retries_total").stream()
                        .filter(line -> !line.endsWith(" 0.0"))
                        .toList());
    }

    @Test
    void each_backend_has_its_own_and_takes_them_with_it() throws Exception {
        Backend a = register("a");
        register("b");
        services.admit(a, "good");
        a.load().tryStart();
        a.load().countFailure();
        a.checks().add(new Check(time.now(), Duration.ofMillis(250), Optional.empty()));
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 1.0", "{backend=\"b\",url=\"http://b:1\"} 0.0"),
                values("gateway_backend_up"));
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 1.0", "{backend=\"b\",url=\"http://b:1\"} 0.0"),
                values("gateway_backend_in_flight"));
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 1.0", "{backend=\"b\",url=\"http://b:1\"} 0.0"),
                values("gateway_backend_failures_total"));
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 0.25", "{backend=\"b\",url=\"http://b:1\"} 0.0"),
                values("gateway_backend_check_duration_seconds_sum"));
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 1", "{backend=\"b\",url=\"http://b:1\"} 0"),
                values("gateway_backend_check_duration_seconds_count"));
        services.eject(a, "bad", true, EventKind.UNHEALTHY);
        assertEquals(
                List.of("{backend=\"a\",url=\"http://a:1\"} 1.0", "{backend=\"b\",url=\"http://b:1\"} 0.0"),
                values("gateway_backend_ejections_total"));
        services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        assertEquals(List.of("{backend=\"b\",url=\"http://b:1\"} 0.0"), values("gateway_backend_up"));
    }

    @Test
    void a_backend_has_a_counter_for_each_class_of_answer_before_its_first_request() throws Exception {
        Backend a = register("a");
        String series = "{backend=\"a\",status_class=\"%s\",url=\"http://a:1\"} %s";
        List<String> classes = List.of("1xx", "2xx", "3xx", "4xx", "5xx", "abandoned", "none");
        assertEquals(
                classes.stream().map(word -> series.formatted(word, "0.0")).toList(),
                values("gateway_backend_requests_total").stream().sorted().toList());

        for (int status : new int[] {101, 200, 204, 304, 404, 500, 503, 999, 0}) {
            a.load().tryStart();
            a.load().countAnswer(status);
            a.load().finished();
        }
        a.load().tryStart();
        a.load().countFailure();
        a.load().finished();
        assertEquals(
                Stream.of("1xx 1.0", "2xx 2.0", "3xx 1.0", "4xx 1.0", "5xx 3.0", "abandoned 1.0", "none 1.0")
                        .map(answer -> series.formatted((Object[]) answer.split(" ")))
                        .toList(),
                values("gateway_backend_requests_total").stream().sorted().toList());
        assertEquals(List.of("{backend=\"a\",url=\"http://a:1\"} 1.0"), values("gateway_backend_failures_total"));

        a.load().tryStart();
        assertEquals(11, a.load().requests());
        assertEquals(
                11 - 1,
                values("gateway_backend_requests_total").stream()
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                        .sum(),
                "all that were sent but the one under way");
        assertEquals(List.of("{backend=\"a\",url=\"http://a:1\"} 1.0"), values("gateway_backend_in_flight"));
    }

    @Test
    void a_backend_of_another_route_says_which_and_may_have_a_name_and_url_that_are_there_already() throws Exception {
        register("a");
        services.register(
                new Service(
                        "shop",
                        "a",
                        ServiceUrl.parse("http://a:1"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Who.GATEWAY);
        assertEquals(
                List.of(
                        "{backend=\"a\",route=\"shop\",url=\"http://a:1\"} 0.0",
                        "{backend=\"a\",url=\"http://a:1\"} 0.0"),
                values("gateway_backend_up"));
    }

    @Test
    void a_route_has_its_counters_before_its_first_request_and_takes_them_with_it() throws Exception {
        Routes routes = TestRoutes.usual(services);
        metrics.count(routes);
        routes.put(TestRoutes.named("shop"));
        assertEquals(
                Stream.of("default", "shop")
                        .flatMap(route -> Stream.of(
                                        "{outcome=\"abandoned\",route=\"%s\",status_class=\"none\"} 0.0",
                                        "{outcome=\"failed\",route=\"%s\",status_class=\"5xx\"} 0.0",
                                        "{outcome=\"limited\",route=\"%s\",status_class=\"4xx\"} 0.0",
                                        "{outcome=\"rejected\",route=\"%s\",status_class=\"4xx\"} 0.0",
                                        "{outcome=\"served\",route=\"%s\",status_class=\"2xx\"} 0.0",
                                        "{outcome=\"served\",route=\"%s\",status_class=\"3xx\"} 0.0",
                                        "{outcome=\"served\",route=\"%s\",status_class=\"4xx\"} 0.0",
                                        "{outcome=\"served\",route=\"%s\",status_class=\"5xx\"} 0.0")
                                .map(line -> line.formatted(route)))
                        .sorted()
                        .toList(),
                values("gateway_route_requests_total").stream().sorted().toList());

        metrics.accept(TestTrace.onRoute("shop").servedBy("a").ended(404, 0, Duration.ofMillis(250)));
        metrics.accept(TestTrace.onRoute("shop").limited().ended(429));
        metrics.accept(TestTrace.onRoute("shop").clientGone().ended(0));
        metrics.accept(TestTrace.onRoute("shop").servedBy("a").ended(101));
        metrics.accept(TestTrace.get().servedBy("a").ended(200, 0, Duration.ofMillis(1)));
        assertEquals(
                List.of(
                        "{outcome=\"abandoned\",route=\"shop\",status_class=\"none\"} 1.0",
                        "{outcome=\"limited\",route=\"shop\",status_class=\"4xx\"} 1.0",
                        "{outcome=\"served\",route=\"default\",status_class=\"2xx\"} 1.0",
                        "{outcome=\"served\",route=\"shop\",status_class=\"1xx\"} 1.0",
                        "{outcome=\"served\",route=\"shop\",status_class=\"4xx\"} 1.0"),
                values("gateway_route_requests_total").stream()
                        .filter(line -> !line.endsWith(" 0.0"))
                        .sorted()
                        .toList());
        assertEquals(
                List.of("{route=\"default\"} 0.001", "{route=\"shop\"} 0.25321"),
                values("gateway_route_request_duration_seconds_sum").stream()
                        .sorted()
                        .toList());
        assertEquals(1, metrics.count("shop", Outcome.LIMITED));
        assertEquals(3, metrics.count(Outcome.SERVED), "of all routes");

        routes.remove("shop");
        metrics.accept(TestTrace.onRoute("shop").servedBy("a").ended(200)); // under way when the route went
        assertEquals(
                List.of(),
                text(null).lines().filter(line -> line.contains("shop")).toList());
        assertEquals(4, metrics.count(Outcome.SERVED));
        assertEquals(0, metrics.count("shop", Outcome.SERVED));
    }

    @Test
    void a_route_that_changes_and_keeps_its_name_keeps_its_counts() throws Exception {
        Routes routes = TestRoutes.usual(services);
        metrics.count(routes);
        RouteConfig shop = TestRoutes.named("shop");
        routes.put(shop);
        metrics.accept(TestTrace.onRoute("shop").servedBy("a").ended(200));
        routes.put(TestRoutes.named("other"));
        routes.remove("other");
        routes.putAll(List.of(shop));
        assertEquals(1, metrics.count("shop", Outcome.SERVED));
    }

    @Test
    void a_drained_backend_is_not_up() throws Exception {
        services.admit(register("a"), "good");
        services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertEquals(List.of("{backend=\"a\",url=\"http://a:1\"} 0.0"), values("gateway_backend_up"));
    }

    @Test
    void each_metric_is_explained() throws Exception {
        register("a");
        metrics.accept(TestTrace.get().servedBy("a").ended(200));
        String text = text(null);
        for (String name : List.of(
                "gateway_requests_total",
                "gateway_request_duration_seconds",
                "gateway_retries_total",
                "gateway_backend_requests_total",
                "gateway_rate_limit_decisions_total",
                "gateway_rate_limit_clients",
                "gateway_access_log_dropped_total",
                "jvm_memory_used_bytes",
                "jvm_threads_live_threads",
                "process_cpu_seconds_total",
                "process_start_time_seconds")) {
            assertTrue(text.contains("# HELP " + name + " "), name + " in " + text);
        }
        assertEquals(List.of("42.0"), values("gateway_access_log_dropped_total"));
        assertFalse(text.lines().anyMatch(line -> line.matches("# HELP \\S+ ?")), "each has a help text");
    }

    @Test
    void the_format_is_prometheus_own_unless_open_metrics_is_asked_for() throws Exception {
        for (String accept : new String[] {null, "*/*", "text/plain;version=0.0.4", "text/html"}) {
            assertEquals(
                    "text/plain; version=0.0.4; charset=utf-8",
                    exposition.page(accept).contentType());
        }
        String accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
        assertEquals(
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
                exposition.page(accept).contentType());
        assertTrue(text(accept).endsWith("# EOF\n"));
    }
}
