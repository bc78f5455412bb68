import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.util.Time;
import io.javalin.router.ParsedEndpoint;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may change the gateway and read what is private: path by path, with and without a token. */
class AdminAuthTest {
    private static final String TOKEN = "0123456789abcdef-the-right-one";
    private static final Map<String, String> WITH_TOKEN = Map.of("GATEWAY_ADMIN_TOKEN", TOKEN);
    private static final String RIGHT = "Authorization: Bearer " + TOKEN;

    /** What everybody may ask for; all else is private. */
    private static final Set<String> PUBLIC = Set.of(
            "/",
            "/health",
            "/stats",
            "GET /services",
            "HEAD /services",
            "GET /services/{name}",
            "HEAD /services/{name}",
            "/gateways",
            "/limits/explain",
            "/dashboard",
            "/dashboard/assets/{file}",
            "/docs",
            "/openapi.json",
            "/webjars/<path>");

    private static String request(String operation, String... headers) {
        StringBuilder request = new StringBuilder(operation.replaceAll("[{<]\\w+[}>]", "a"))
                .append(" HTTP/1.1\r\n")
                .append("Connection: close\r\n");
        boolean host = false;
        for (String header : headers) {
            host |= header.startsWith("Host:");
            if (!header.isEmpty()) {
                request.append(header).append("\r\n");
            }
        }
        return request.append(host ? "" : "Host: localhost\r\n").append("\r\n").toString();
    }

    private static int status(TestGateway gateway, String operation, String... headers) throws Exception {
        try (RawClient client = gateway.raw().send(request(operation, headers))) {
            return client.head().status();
        }
    }

    private static List<String> operations(TestGateway gateway) {
        List<String> operations = new ArrayList<>();
        for (ParsedEndpoint route : gateway.app.unsafe.internalRouter.allHttpHandlers()) {
            if (route.endpoint.method.isHttpMethod()) {
                operations.add(route.endpoint.method.name() + " " + route.endpoint.path);
            }
        }
        return operations;
    }

    private static boolean isPublic(String operation) {
        return PUBLIC.contains(operation) || PUBLIC.contains(operation.replaceAll("^\\S+ ", ""));
    }

    @Test
    void every_route_that_is_not_known_to_be_public_wants_the_token() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            Set<String> closed = new TreeSet<>();
            for (String operation : operations(gateway)) {
                int bare = status(gateway, operation);
                assertEquals(isPublic(operation), bare != 401, operation + " answers " + bare);
                if (bare == 401) {
                    closed.add(operation);
                    int shown = status(gateway, operation, RIGHT);
                    assertTrue(shown != 401 && shown != 403, operation + " answers " + shown);
                }
            }
            assertEquals(25, closed.size(), closed.toString());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no token                    | ''                                                   | 401 | ''",
                "a wrong one                 | Authorization: Bearer 0123456789abcdef-the-wrong-one | 401 | invalid_token",
                "a part of it                | Authorization: Bearer 0123456789abcdef-the-right-on  | 401 | invalid_token",
                "the right one               | Authorization: Bearer 0123456789abcdef-the-right-one | 200 | ''",
                "the scheme in other letters | authorization: bEARER 0123456789abcdef-the-right-one | 200 | ''",
                "another scheme              | Authorization: Basic 0123456789abcdef-the-right-one  | 401 | ''",
                "no scheme                   | Authorization: 0123456789abcdef-the-right-one        | 401 | ''",
                "nothing after the scheme    | Authorization: Bearer                                | 401 | ''",
                "through a proxy             | Authorization: Bearer 0123456789abcdef-the-right-one~Via: 1.1 x | 200 | ''",
                "by another name             | Authorization: Bearer 0123456789abcdef-the-right-one~Host: gateway.example | 200 | ''",
                "twice                       | Authorization: Bearer 0123456789abcdef-the-right-one~Authorization: Bearer 0123456789abcdef-the-right-one | 401 | ''",
            })
    void with_a_token_it_alone_decides(String what, String headers, int status, String error) throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            var answer = gateway.raw(request("GET /metrics", headers.split("~")));
            assertEquals(status, answer.status(), answer.body());
            assertEquals(List.of("no-store"), answer.header("Cache-Control"));
            String challenge = "Bearer realm=\"api-gateway\"" + (error.isEmpty() ? "" : ", error=\"" + error + "\"");
            assertEquals(status == 401 ? List.of(challenge) : List.of(), answer.header("WWW-Authenticate"));
            assertFalse((answer.head() + answer.body()).contains("0123456789abcdef"), "the token in the answer");
        }
    }

    @Test
    void a_token_in_the_url_is_none() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            assertEquals(401, status(gateway, "GET /metrics?access_token=" + TOKEN));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "plain                      | ''                               | 200 | ''",
                "by an address              | Host: 127.0.0.1:8000             | 200 | ''",
                "by an IPv6 address         | Host: [::1]:8000                 | 200 | ''",
                "by a name below localhost  | Host: gw.localhost               | 200 | ''",
                "by any address of it       | Host: 0.0.0.0:8000               | 200 | ''",
                "with any token             | Authorization: Bearer whatever   | 200 | ''",
                "by a stranger's name       | Host: rebound.example            | 403 | which isn't this machine's alone",
                "by a name like an address  | Host: 127.0.0.1.example          | 403 | which isn't this machine's alone",
                "by another one's address   | Host: 192.0.2.7:8000             | 403 | which isn't this machine's alone",
                "by another one's, in IPv6  | Host: [2001:db8::7]:8000         | 403 | which isn't this machine's alone",
                "by a number                | Host: 2130706433                 | 403 | which isn't this machine's alone",
                "by a name like localhost   | Host: notlocalhost               | 403 | which isn't this machine's alone",
                "through a proxy            | X-Forwarded-For: 127.0.0.1       | 403 | has passed a proxy",
                "through a newer proxy      | Forwarded: for=127.0.0.1         | 403 | has passed a proxy",
                "through nginx              | X-Real-IP: 127.0.0.1             | 403 | has passed a proxy",
                "through a cache            | Via: 1.1 cache                   | 403 | has passed a proxy",
                "through a proxy for HTTPS  | x-forwarded-proto: https         | 403 | has passed a proxy",
                "through a CDN              | CF-Connecting-IP: 127.0.0.1      | 403 | has passed a proxy",
            })
    void without_a_token_this_machine_alone_may_and_nobody_behind_it(
            String what, String headers, int status, String reason) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            for (String operation : List.of("GET /metrics", "GET /limits/explain?ip=192.0.2.1")) {
                var answer = gateway.raw(request(operation, headers.split("~")));
                assertEquals(status, answer.status(), answer.body());
                assertEquals(List.of("no-store"), answer.header("Cache-Control"));
                assertTrue(answer.body().contains(reason), answer.body());
                assertEquals(status == 403, answer.body().contains("GATEWAY_ADMIN_TOKEN"), answer.body());
            }
            assertEquals(200, status(gateway, "GET /services", headers.split("~")));
        }
    }

    /** nginx before 1.29.7 says of its client nothing at all, unless it is told to. */
    @Test
    void without_a_token_a_proxy_that_speaks_http_1_0_is_no_operator() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            var answer = gateway.raw("GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertEquals(403, answer.status());
            assertEquals(200, gateway.raw("GET /health HTTP/1.0\r\n\r\n").status());
        }
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEWAY_TRUSTED_PROXIES | 127.0.0.1",
                "GATEWAY_TRUSTED_PROXIES | ::1",
                "GATEWAY_TRUSTED_PROXIES | 10.0.0.0/8,127.0.0.0/8",
            })
    void without_a_token_a_trusted_proxy_is_no_operator(String setting, String value) throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of(setting, value))) {
            for (String peer : List.of("127.0.0.1", "127.0.0.2")) { // its other addresses are this machine's, too
                try (RawClient client = gateway.from(peer).send(request("GET /metrics"))) {
                    var answer = client.answer();
                    assertEquals(403, answer.status(), peer);
                    assertTrue(answer.body().contains(setting), answer.body());
                }
            }
        }
    }

    /**
     * nginx 1.30 with "proxy_pass http://localhost:8000" and HAProxy without "option forwardfor" ask as curl on this
     * machine does, and whoever came through them was an operator. As this user they still are, with nothing set; with
     * each of these it must not matter.
     */
    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource({
        "GATEWAY_PORT, 0, 200",
        "GATEWAY_ADMIN_TOKEN, 0123456789abcdef, 401",
        "GATEWAY_ADMIN_PORT, 0, 404",
        "GATEWAY_TRUSTED_PROXIES, 127.0.0.1, 403",
        "GATEWAY_TRUSTED_PROXIES, ::1, 403",
    })
    void who_comes_through_a_proxy_on_this_machine_that_adds_nothing(String setting, String value, int status)
            throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of(setting, value), a)) {
            String rest = " HTTP/1.1\r\nHost: localhost:" + gateway.port()
                    + "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";
            assertEquals(status, gateway.raw("GET /metrics" + rest).status());
            assertEquals(
                    status == 200 ? 404 : status,
                    gateway.raw("DELETE /services/none" + rest).status());
            assertEquals(
                    status == 404 ? 403 : status, // the path is for everybody, asking for others isn't
                    gateway.raw("GET /limits/explain?ip=192.0.2.1" + rest).status());
            var own = TestGateway.json(gateway.raw("GET /limits/explain" + rest));
            assertEquals("127.0.0.1", own.path("client").asText(), "nobody further is named");
            assertEquals(200, gateway.raw("GET /api/x" + rest).status());
        }
    }

    @Tag("process")
    @Test
    void a_proxy_on_this_machine_that_shows_is_warned_of_once() throws Exception {
        try (Launched launched = Program.gateway(Map.of())) {
            int port = launched.port();
            for (String headers : List.of("", "X-Forwarded-For: 192.0.2.1", "Via: 1.1 x", "Host: other.example")) {
                try (RawClient client = new RawClient(port).send(request("GET /metrics", headers))) {
                    assertEquals(headers.isEmpty() ? 200 : 403, client.answer().status());
                }
            }
            launched.terminate();
            assertEquals(0, launched.exitCode(), launched.output());
            List<String> warnings = launched.output()
                    .lines()
                    .filter(line -> line.contains(" WARN "))
                    .toList();
            assertEquals(1, warnings.size(), launched.output());
            assertTrue(warnings.get(0).contains("by its header X-Forwarded-For. If a proxy"), warnings.get(0));
        }
    }

    private static InetAddress elsewhere() throws SocketException {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(one -> one instanceof Inet4Address && !one.isLoopbackAddress())
                .findFirst();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        return address.get();
    }

    @Test
    void without_a_token_another_machine_may_look_at_what_is_public_and_change_nothing() throws Exception {
        InetAddress own = elsewhere();
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HOST", "0.0.0.0"), a)) {
            for (String operation : operations(gateway)) {
                try (RawClient client = new RawClient(own, gateway.port(), own).send(request(operation))) {
                    int status = client.head().status();
                    assertEquals(isPublic(operation), status != 403, operation + " answers " + status);
                }
            }
            try (RawClient client =
                    new RawClient(own, gateway.port(), own).send(request("GET /metrics", "X-Forwarded-For: ::1"))) {
                var answer = client.answer();
                assertEquals(403, answer.status());
                assertTrue(answer.body().contains("this comes from " + own.getHostAddress()), answer.body());
            }
            try (RawClient client = new RawClient(own, gateway.port(), own)
                    .send(request("GET /limits/explain?ip=" + own.getHostAddress()))) {
                assertEquals(200, client.answer().status());
            }
        }
    }

    @Test
    void with_a_token_another_machine_may_all() throws Exception {
        InetAddress own = elsewhere();
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HOST", "0.0.0.0", "GATEWAY_ADMIN_TOKEN", TOKEN))) {
            try (RawClient client =
                    new RawClient(own, gateway.port(), own).send(request("GET /metrics", RIGHT, "Host: gw.example"))) {
                assertEquals(200, client.answer().status());
            }
        }
    }

    @Test
    void a_service_with_an_old_token_does_not_lock_out_those_beside_it() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            for (int i = 0; i < 50; i++) {
                assertEquals(401, status(gateway, "POST /services", "Authorization: Bearer last-years"));
            }
            assertEquals(200, status(gateway, "GET /metrics", RIGHT));
        }
    }

    @Test
    void the_token_may_be_in_a_file(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN_FILE", file.toString()))) {
            assertEquals(401, status(gateway, "GET /metrics"));
            assertEquals(200, status(gateway, "GET /metrics", RIGHT));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "its own page         | Origin: http://localhost        | same-origin | 404",
                "no page              | ''                              | ''          | 404",
                "typed by the user    | ''                              | none        | 404",
                "another site's       | Origin: http://other            | cross-site  | 403",
                "one that hides       | Origin: null                    | ''          | 403",
                "one without origin   | ''                              | cross-site  | 403",
                "a neighbour          | ''                              | same-site   | 403",
                "no URL               | Origin: a b                     | ''          | 403",
                "two sites'           | Origin: http://localhost~Origin: http://other | '' | 403",
                "its own page, twice  | Origin: http://localhost~Origin: http://localhost | '' | 403",
                "two kinds of page    | ''                              | same-origin~Sec-Fetch-Site: cross-site | 403",
            })
    void a_page_of_another_site_changes_nothing_even_with_the_token(String what, String origin, String site, int status)
            throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            String fetch = site.isEmpty() ? "" : "Sec-Fetch-Site: " + site;
            String[] headers = (origin + "~" + fetch + "~" + RIGHT).split("~");
            assertEquals(status, status(gateway, "DELETE /services/none", headers));
        }
    }

    @Test
    void no_answer_lets_other_sites_read_it() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN, Time.system())) {
            for (String operation : List.of("OPTIONS /services", "OPTIONS /metrics", "GET /metrics", "GET /services")) {
                var answer = gateway.raw(request(
                        operation,
                        RIGHT,
                        "Origin: http://other",
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: authorization"));
                assertFalse(answer.head().toLowerCase(java.util.Locale.ROOT).contains("access-control"), operation);
            }
        }
    }
}
