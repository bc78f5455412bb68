import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.admin.view.CertificateView;
import gateway.service.Registration;
import gateway.service.ServiceSettings;
import gateway.settings.TlsSettings;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HTTPS shows and asks for, how that changes while it runs, and the way there from HTTP. */
class CertificatesTest {
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    Path folder;

    private TestCa ca;
    private Map<String, String> settings;

    @BeforeEach
    void issue() throws Exception {
        ca = new TestCa("Test CA");
        settings = new HashMap<>(ca.issue("localhost").writeTo(folder));
    }

    private static SSLSocket connect(SSLContext context, int port) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    private static X509Certificate shown(SSLContext context, int port) throws IOException {
        try (SSLSocket socket = connect(context, port)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void a_new_certificate_is_shown_to_new_connections_and_open_ones_live_on() throws Exception {
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient open = new RawClient(connect(ca.client(), gateway.port()))) {
            assertEquals(200, open.send(HEALTH).answer().status());
            TestCa.Issued next = ca.issue("localhost");
            next.writeTo(folder);
            Await.until(
                    "the new certificate",
                    () -> shown(ca.client(), gateway.port()).equals(next.certificate()));
            assertEquals(200, open.send(HEALTH).answer().status());
        }
    }

    @Test
    void operators_see_the_names_issuer_and_end_of_the_certificate_in_use() throws Exception {
        Instant now = Instant.now();
        ca.issueUntil(now.plus(Duration.ofDays(10).plusHours(1)), "gateway.test", "127.0.0.1")
                .writeTo(folder);
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(connect(ca.client(), gateway.port()))) {
            JsonNode first = certificate(client);
            assertEquals("[\"gateway.test\",\"127.0.0.1\"]", first.path("names").toString());
            assertEquals("Test CA", first.path("issuer").asText());
            assertEquals(10, first.path("days_left").asInt());
            TestCa.Issued next = ca.issueUntil(now.plus(Duration.ofDays(40).plusHours(1)), "localhost");
            next.writeTo(folder);
            Await.until(
                    "the new certificate",
                    () -> certificate(client).path("days_left").asInt() == 40);
            Instant end = next.certificate().getNotAfter().toInstant();
            assertEquals(end.toString(), certificate(client).path("valid_until").asText());
            String metrics = client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer()
                    .body();
            String value = metrics.lines()
                    .filter(line -> line.startsWith("gateway_tls_certificate_expiry_timestamp_seconds "))
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .findFirst()
                    .orElseThrow();
            assertEquals(end.getEpochSecond(), Double.parseDouble(value));
        }
    }

    private static JsonNode certificate(RawClient client) throws IOException {
        return TestGateway.json(client.send("GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .answer())
                .path("certificate");
    }

    @Test
    void one_that_has_ended_has_fewer_than_no_days_left() throws Exception {
        ca.issueUntil(Instant.now().minusSeconds(60), "localhost").writeTo(folder);
        ServerCertificate ended = ServerCertificate.read(new TlsSettings(
                folder.resolve("cert.pem"), folder.resolve("key.pem"), Optional.empty(), Optional.empty()));
        assertEquals(-1, CertificateView.of(ended, Instant.now()).daysLeft());
    }

    /** Each viewer of the dashboard gets them with each state, once a second, and that may have 64 KB. */
    @Test
    void of_hundreds_of_names_the_first_twenty_are_told_and_how_many_more_there_are() throws Exception {
        String longest = "x".repeat(300) + ".test";
        String[] names = Stream.concat(
                        Stream.of("gateway.test", longest),
                        IntStream.range(0, 498).mapToObj(i -> "site-" + i + ".test"))
                .toArray(String[]::new);
        ca.issue(names).writeTo(folder);
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(connect(ca.client(), gateway.port()))) {
            JsonNode shown = certificate(client);
            assertEquals(20, shown.path("names").size());
            assertEquals("gateway.test", shown.at("/names/0").asText());
            String cut = shown.at("/names/1").asText();
            assertTrue(cut.startsWith("x".repeat(254)) && !cut.contains(".test"), cut);
            assertEquals("site-17.test", shown.at("/names/19").asText());
            assertEquals(480, shown.path("more_names").asInt());
            assertEquals(List.of(), new OpenApi().faults("/components/schemas/ServerCertificate", shown));
            ca.issue(Arrays.copyOf(names, 20)).writeTo(folder);
            Await.until(
                    "a certificate with 20 names", () -> !certificate(client).has("more_names"));
            assertEquals(20, certificate(client).path("names").size());
        }
    }

    @Test
    void without_https_there_is_none_in_config_or_metrics() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            assertFalse(gateway.json("/config").has("certificate"));
            assertFalse(gateway.get("/metrics").body().contains("gateway_tls_certificate"));
        }
    }

    @Test
    void clients_must_show_a_certificate_of_the_ca_that_is_asked_for() throws Exception {
        TestCa clients = new TestCa("Clients");
        settings.put(
                "GATEWAY_TLS_CLIENT_CA",
                clients.writeTo(folder.resolve("clients.pem")).toString());
        try (TestGateway gateway = TestGateway.with(settings)) {
            try (RawClient known = new RawClient(connect(ca.client(clients.issue("somebody")), gateway.port()))) {
                assertEquals(200, known.send(HEALTH).answer().status());
            }
            for (SSLContext other : List.of(ca.client(), ca.client(ca.issue("somebody")))) {
                assertThrows(IOException.class, () -> {
                    try (RawClient unknown = new RawClient(connect(other, gateway.port()))) {
                        unknown.send(HEALTH).answer();
                    }
                });
            }
        }
    }

    @Test
    void two_names_and_no_name_at_all_are_served() throws Exception {
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(connect(ca.client(), gateway.port()))) {
            client.send("GET /health HTTP/1.1\r\nHost: another.test\r\n\r\n");
            assertEquals(200, client.answer().status(), "whatever the host is called");
        }
    }

    @Test
    void a_service_registers_at_a_gateway_with_a_private_ca() throws Exception {
        try (TestGateway gateway = TestGateway.with(settings);
                TestBackend service = TestBackend.named("a");
                RawClient client = new RawClient(connect(ca.client(), gateway.port()))) {
            ServiceSettings its = ServiceSettings.from(
                    Map.of(
                            "GATEWAY_URL",
                            "https://localhost:" + gateway.port(),
                            "GATEWAY_CA",
                            ca.writeTo(folder.resolve("ca.pem")).toString(),
                            "SERVICE_URL",
                            service.url()),
                    List.of(),
                    8001);
            Registration registration = Registration.start(its, "a", service.port());
            try {
                Await.until("its registration", () -> {
                    client.send("GET /services/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    return client.answer().status() == 200;
                });
            } finally {
                registration.close();
            }
            client.send("GET /services/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(404, client.answer().status(), "it has deregistered");
        }
    }

    @Tag("process")
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Java doesn't know the CA | https://localhost:MAIN | GATEWAY_CA names CAs",
                "plain HTTP              | http://localhost:MAIN  | set GATEWAY_URL to https://",
                "the way from HTTP       | http://localhost:OTHER | set GATEWAY_URL to https:// and its port",
                "HTTPS where is none     | https://localhost:OTHER | set GATEWAY_URL to http://",
            })
    void a_service_that_cannot_register_over_tls_says_what_to_set(String what, String url, String advice)
            throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        try (TestGateway gateway = TestGateway.with(settings)) {
            String there = url.replace("MAIN", "" + gateway.port()).replace("OTHER", "" + redirectPort(gateway));
            try (Launched service = Program.start(Map.of("GATEWAY_URL", there), "ServiceA", "0")) {
                String line = service.line("INFO Registration - ");
                assertTrue(line.contains(there) && line.contains(advice), line);
            }
        }
    }

    private static int redirectPort(TestGateway gateway) {
        return ((ServerConnector) gateway.app.jettyServer().server().getConnectors()[1]).getLocalPort();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a path | GET /api/x?y=1 HTTP/1.1~Host: example.test~~ | https://example.test:PORT/api/x?y=1",
                "a port | GET / HTTP/1.1~Host: example.test:8080~~ | https://example.test:PORT/",
                "IPv6 | GET / HTTP/1.1~Host: [2001:db8::1]:80~~ | https://[2001:db8::1]:PORT/",
                "another method | POST /x HTTP/1.1~Host: a.test~Content-Length: 5~~hello | https://a.test:PORT/x",
                "what isn't decoded | GET /a%2F..%0d%0ab HTTP/1.1~Host: a.test~~ | https://a.test:PORT/a%2F..%0d%0ab",
                "two slashes | GET //b.test/ HTTP/1.1~Host: a.test~~ | https://a.test:PORT//b.test/",
                "the gateway's own | GET /health HTTP/1.1~Host: a.test~~ | https://a.test:PORT/health"
            })
    void http_is_led_to_https(String name, String request, String location) throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        try (TestBackend backend = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(settings, backend);
                RawClient client = new RawClient(redirectPort(gateway))) {
            RawClient.Answer answer = client.send(request.replace("~", "\r\n")).answer();
            assertEquals(308, answer.status());
            assertEquals(List.of(location.replace("PORT", "" + gateway.port())), answer.header("Location"));
            assertEquals("", client.rest(), "the connection has served its purpose");
            assertEquals(0, backend.waiting());
        }
    }

    @ParameterizedTest
    @CsvSource({"a.test/evil", "user@a.test", "a.test?x", "a b", "a.test#", "a.test\\b", "<a>"})
    void a_host_that_is_none_is_refused(String host) throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(redirectPort(gateway))) {
            RawClient.Answer answer =
                    client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").answer();
            assertEquals(400, answer.status());
            assertEquals(List.of(), answer.header("Location"));
        }
    }

    /** A drain closes the main port first, which then says -2 for its number: browsers kept the way to https://a.test:-2/. */
    @Test
    void the_way_stays_right_while_the_gateway_leaves() throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(redirectPort(gateway))) {
            int port = gateway.port();
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n");
            gateway.drain.run(gateway.app.jettyServer().server(), Duration.ZERO);
            RawClient.Answer answer = client.send("\r\n").answer();
            assertEquals(308, answer.status());
            assertEquals(List.of("https://a.test:" + port + "/"), answer.header("Location"));
        }
    }

    @ParameterizedTest(name = "a header of {0} bytes")
    @CsvSource({"1000, 308", "5000, 431"})
    void a_header_is_bounded_on_the_way_from_http_too(int bytes, int status) throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        settings.put("GATEWAY_MAX_HEADER", "4KB");
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(redirectPort(gateway))) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\nX-Large: " + "x".repeat(bytes) + "\r\n\r\n");
            assertEquals(status, client.head().status());
        }
    }

    @Test
    void the_port_of_https_leads_nowhere() throws Exception {
        settings.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        try (TestGateway gateway = TestGateway.with(settings);
                RawClient client = new RawClient(connect(ca.client(), gateway.port()))) {
            assertEquals(200, client.send(HEALTH).answer().status());
        }
    }

    @Tag("process")
    @Test
    void a_bad_pair_ends_the_start_with_2_and_words() throws Exception {
        Files.writeString(folder.resolve("key.pem"), ca.issue("localhost").keyPem());
        settings.put("GATEWAY_PORT", "0");
        try (Launched gateway = Program.start(settings, "GatewayApp")) {
            assertEquals(2, gateway.exitCode(), gateway.output());
            assertTrue(
                    gateway.output().contains("GATEWAY_TLS_KEY=" + folder.resolve("key.pem") + ": doesn't belong"),
                    gateway.output());
            assertFalse(gateway.output().contains("\tat "), gateway.output());
        }
    }
}
