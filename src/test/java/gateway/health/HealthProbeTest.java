package gateway.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
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
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.util.Stalls;
import gateway.util.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways of checking, against real sockets. */
class HealthProbeTest {
    private final ServiceList services = new ServiceList(Time.system());

    private Check look(HealthCheck kind, String url, Map<String, String> settings) {
        Backend backend = services.register(new Service("s", ServiceUrl.parse(url), Optional.empty()), Who.GATEWAY)
                .backend();
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_HEALTH_TIMEOUT", "10s")); // this machine may be busy
        all.putAll(settings);
        return new HealthProbe(any -> kind, Settings.from(all), new NameLookup(), new Via("test"), Time.system())
                .look(backend);
    }

    private static String problem(Check check) {
        return check.problem().map(Check.Problem::words).orElse("none");
    }

    private static HealthCheck http(String path, String statuses) {
        return HealthCheck.http(HealthCheck.path(path), HealthCheck.statuses(statuses));
    }

    @ParameterizedTest(name = "GET {0} is answered {2}, and {1} is good: {3}")
    @CsvSource({
        "/healthz, 200-299, 200, none",
        "/healthz, 200-299, 204, none",
        "/healthz, 200-299, 404, its /healthz answered 404",
        "/-/healthy, 200-399, 302, none",
        "/-/healthy, 200-299, 302, its /-/healthy answered 302",
        "/, '200,401', 401, none",
        "/, '200,401', 403, its / answered 403",
        "/up?token=secret, 200-299, 503, its /up answered 503",
        "/, 200-599, 508, leads back to this gateway"
    })
    void a_status_is_good_or_named_with_the_path(String path, String statuses, int status, String problem)
            throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) ->
                wire.send("HTTP/1.1 " + status + " X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))) {
            assertEquals(problem, problem(look(http(path, statuses), backend.url(), Map.of())));
            TestBackend.Received asked = backend.next();
            assertEquals("GET " + path + " HTTP/1.1", asked.line());
            assertEquals("127.0.0.1:" + backend.port(), asked.header("Host").get(0), "its own");
            assertEquals(0, backend.waiting(), "a redirect isn't followed");
        }
    }

    @Test
    void the_path_comes_after_that_of_the_services_url() throws Exception {
        try (TestBackend backend = TestBackend.named("app")) {
            assertTrue(look(http("/up?full=1", "200"), backend.url() + "/app", Map.of())
                    .good());
            assertEquals("/app/up?full=1", backend.next().target());
        }
    }

    @Test
    void an_answer_that_is_too_long_is_named_with_the_path() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.ok("x".repeat(64 * 1024 + 1)))) {
            assertEquals(
                    "its /page is longer than 64 KB", problem(look(http("/page", "200"), backend.url(), Map.of())));
        }
    }

    /** It never reads: an answer would never come. */
    @Test
    void a_tcp_check_needs_a_connection_and_sends_nothing() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> {})) {
            assertTrue(look(HealthCheck.TCP, backend.url(), Map.of()).good());
            assertEquals(0, backend.waiting());
        }
    }

    @Test
    void a_tcp_check_fails_where_nobody_listens() throws Exception {
        Check check = look(HealthCheck.TCP, "http://127.0.0.1:" + TestBackend.deadPort(), Map.of());
        assertEquals("connection refused", problem(check));
        assertEquals(Check.Contact.REFUSED, check.problem().orElseThrow().contact());
    }

    @Test
    void a_tcp_check_of_an_https_service_is_made_with_tls_and_its_certificate(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("CA of the test");
        try (TestBackend backend = TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> {});
                TestBackend plain = TestBackend.doing((request, wire) -> wire.close())) {
            Map<String, String> trusting = Map.of(
                    "GATEWAY_BACKEND_CA", ca.writeTo(folder.resolve("ca.pem")).toString());
            assertEquals("none", problem(look(HealthCheck.TCP, backend.url(), trusting)));
            assertEquals(0, backend.waiting());
            assertTrue(problem(look(HealthCheck.TCP, backend.url(), Map.of())).contains("certificate isn't trusted"));
            assertFalse(look(HealthCheck.TCP, "https://localhost:" + plain.port(), trusting)
                    .good());
        }
    }

    /** What can speak HTTP/2 chose it, and was well for checks though all requests failed. */
    @Test
    void a_check_offers_the_protocol_of_requests_alone(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("CA of the test");
        try (TestBackend backend =
                TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> wire.ok("{}"))) {
            assertEquals("none", problem(look(http("/", "200"), backend.url(), trusting(ca, folder))));
            assertEquals(List.of("http/1.1"), backend.offered());
        }
    }

    /** With Java's CAs alone, a server wasn't told names without a dot: one that has several chose any certificate. */
    @Test
    void a_server_is_told_its_name_whichever_cas_are_trusted(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("CA of the test");
        for (Map<String, String> settings : List.of(trusting(ca, folder), Map.<String, String>of())) {
            try (TestBackend backend =
                    TestBackend.overTls(ca.issue("localhost").server(), (request, wire) -> wire.ok("{}"))) {
                look(HealthCheck.TCP, backend.url(), settings);
                assertEquals("localhost", backend.told());
            }
        }
    }

    private static Map<String, String> trusting(TestCa ca, Path folder) throws Exception {
        return Map.of("GATEWAY_BACKEND_CA", ca.writeTo(folder.resolve("ca.pem")).toString());
    }

    private interface Issuing {
        TestCa.Issued by(TestCa ca) throws Exception;
    }

    private static Arguments row(String name, Issuing issuing, String words) {
        return Arguments.of(name, issuing, words);
    }

    static Stream<Arguments> certificates() {
        Instant now = Instant.now();
        return Stream.of(
                row(
                        "one that has ended",
                        ca -> ca.issueUntil(now.minusSeconds(60), "localhost"),
                        "its certificate has expired, or one that signed it"),
                row(
                        "one that hasn't begun",
                        ca -> ca.issue(TestCa.keys("EC"), now.plusSeconds(3 * 3600), "localhost"),
                        "its certificate isn't valid yet, or one that signed it"),
                row(
                        "one for others",
                        ca -> ca.issue("shop.test", "*.blog.test", "192.0.2.1"),
                        "its certificate is for another host: 192.0.2.1, shop.test, *.blog.test"),
                row(
                        "one with a common name alone",
                        ca -> ca.issueForCommonName("localhost"),
                        "its certificate is for no host: it has no subjectAltName, and a common name doesn't count"),
                row(
                        "one of an unknown CA",
                        ca -> new TestCa("Unknown").issue("localhost"),
                        "its certificate isn't trusted; it must send those between its own and its CA's, too, and"
                                + " GATEWAY_BACKEND_CA adds CAs to Java's"));
    }

    /** All but the third were "its certificate isn't trusted" or "is for another host", which led nowhere. */
    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("certificates")
    void what_is_wrong_with_a_certificate_is_said(String name, Issuing issuing, String words, @TempDir Path folder)
            throws Exception {
        TestCa ca = new TestCa("CA of the test");
        try (TestBackend backend = TestBackend.overTls(issuing.by(ca).server(), (request, wire) -> wire.ok("{}"))) {
            assertEquals(words, problem(look(HealthCheck.TCP, backend.url(), trusting(ca, folder))));
        }
    }

    @Test
    void a_tcp_check_connects_only_to_addresses_that_services_may_have() {
        Check check = look(HealthCheck.TCP, "http://127.0.0.1:9", Map.of("GATEWAY_SERVICE_NETWORKS", "10.0.0.0/8"));
        assertTrue(problem(check).startsWith("leads to "), problem(check));
    }

    @Test
    void a_tcp_check_says_that_a_host_is_not_known() {
        Check check = look(HealthCheck.TCP, "http://nowhere.invalid:9", Map.of());
        assertTrue(problem(check).equals("unknown host") || problem(check).equals("name look-up timed out"));
    }

    @Test
    void a_changed_way_counts_from_the_next_check_on_and_off_within_one_tick() throws Exception {
        Time time = Time.system();
        HealthCheck[] kind = {HealthCheck.USUAL};
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.ok("{}"))
                        .withHealth((request, wire) -> {
                            kind[0] = http("/up", "200"); // changed while it is being asked
                            wire.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
                        });
                HealthChecker checker = new HealthChecker(
                        services,
                        any -> kind[0],
                        Settings.from(Map.of("GATEWAY_HEALTH_FALL", "1", "GATEWAY_HEALTH_TIMEOUT", "10s")),
                        new NameLookup(),
                        new Via("test"),
                        new Stalls(time),
                        time,
                        () -> 0.5,
                        new CheckThreads(Duration.ofSeconds(10)))) {
            Backend asked = services.register(
                            new Service("s", ServiceUrl.parse(backend.url()), Optional.empty()), Who.GATEWAY)
                    .backend();
            services.admit(asked, "test");
            Backend other = services.register(
                            new Service("other", ServiceUrl.parse("http://127.0.0.1:9"), Optional.empty()), Who.GATEWAY)
                    .backend();
            services.admit(other, "test"); // so that the first isn't the last
            checker.check(asked);
            assertTrue(asked.available(), "it was asked what no longer counts");
            assertTrue(asked.vitals().checkDue(time.nanos()));
            assertTrue(checker.check(asked).orElseThrow().good());
            assertEquals("/up", backend.next().target());
            services.eject(asked, "test", true, EventKind.UNHEALTHY);
            kind[0] = HealthCheck.OFF;
            checker.tick();
            assertTrue(asked.available());
            assertTrue(checker.check(asked).isEmpty());
        }
    }

    @ParameterizedTest(name = "path {0}")
    @CsvSource({
        "healthz",
        "''",
        "/a b",
        "/a#b",
        "/a/../b",
        "/a/%2e%2E?x",
        "/.",
        "/a\\b",
        "/a{b}",
        "/a%zz",
        "http://127.0.0.1/",
        "/\u00e4"
    })
    void what_cannot_be_sent_as_it_is_is_no_path(String text) {
        assertThrows(IllegalArgumentException.class, () -> HealthCheck.path(text));
    }

    @ParameterizedTest(name = "path {0}")
    @CsvSource({"/", "/-/healthy", "/a..b/.c", "/a?b=/../c&d?e", "/a%20b", "//a/", "/a;b='1'"})
    void what_can_be_is_one(String text) {
        assertEquals(text, HealthCheck.path(text));
    }
}
