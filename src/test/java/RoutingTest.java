import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which route takes a request, and what each route does with it. */
class RoutingTest {
    /** Each backend's name is its route's; it answers with its name and the request line that it got. */
    private static final String ROUTES = """
            routes:
              shop:        {match: {path: /shop}, services: [SHOP]}
              cart:        {match: {path: /shop/cart}, services: [CART]}
              whole:       {match: {path: /whole}, strip: false, services: [WHOLE]}
              hosted:      {match: {path: /shop, host: Shop.Example}, services: [HOSTED]}
              writing:     {match: {path: /shop, methods: [POST, PUT]}, services: [WRITING]}
              both:        {match: {path: /shop, host: shop.example, methods: [DELETE]}, services: [BOTH]}
              reading:     {match: {path: /read, methods: [GET]}, services: [READING]}
              encoded:     {match: {path: /caf%C3%A9}, services: [ENCODED]}
              everything:  {match: {path: /}, services: [EVERYTHING]}
            """;

    private static final List<String> NAMES =
            List.of("shop", "cart", "whole", "hosted", "writing", "both", "reading", "encoded", "everything");

    private static final List<TestBackend> BACKENDS = new ArrayList<>();
    private static TestGateway gateway;
    private static TestGateway withAdminPort;

    @BeforeAll
    static void start() throws Exception {
        String yaml = ROUTES;
        for (String name : NAMES) {
            TestBackend backend = TestBackend.doing((request, wire) -> wire.ok(name + " " + request.line()));
            BACKENDS.add(backend);
            yaml = yaml.replace("[" + name.toUpperCase() + "]", "[\"" + backend.url() + "\"]");
        }
        gateway = with(yaml);
        withAdminPort = TestGateway.withRoutes(yaml, Map.of("GATEWAY_ADMIN_PORT", "0"));
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        withAdminPort.close();
        for (TestBackend backend : BACKENDS) {
            backend.close();
        }
    }

    private static RawClient.Answer ask(int port, String operation, String host) throws Exception {
        try (RawClient client = new RawClient(port)) {
            return client.send(operation + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n")
                    .answer();
        }
    }

    @ParameterizedTest(name = "{0}: {1} at {2} goes to {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the prefix itself          | GET /shop               | any.example       | shop GET /",
                "what is below it           | GET /shop/a?b=/shop     | any.example       | shop GET /a?b=/shop",
                "its slash                  | GET /shop/              | any.example       | shop GET /",
                "a longer path              | GET /shop/cart/1        | any.example       | cart GET /1",
                "no end of a segment        | GET /shop/carts         | any.example       | shop GET /carts",
                "a longer path before hosts | GET /shop/cart          | shop.example      | cart GET /",
                "the host                   | GET /shop/x             | shop.example      | hosted GET /x",
                "the host with a port       | GET /shop/x             | shop.example:8000 | hosted GET /x",
                "the host in capitals       | GET /shop/x             | SHOP.EXAMPLE      | hosted GET /x",
                "a method                   | POST /shop/x            | any.example       | writing POST /x",
                "the host before a method   | POST /shop/x            | shop.example      | hosted POST /x",
                "host and method            | DELETE /shop/x          | shop.example      | both DELETE /x",
                "GET and so HEAD            | GET /read/x             | any.example       | reading GET /x",
                "another method             | POST /read/x            | any.example       | everything POST /read/x",
                "case counts                | GET /Shop               | any.example       | everything GET /Shop",
                "an escape is no letter     | GET /sh%6fp             | any.example       | everything GET /sh%6fp",
                "bytes stay as they are     | GET /shop/a%2fb//c;d=%7E| any.example       | shop GET /a%2fb//c;d=%7E",
                "an escaped prefix          | GET /caf%C3%A9/x        | any.example       | encoded GET /x",
                "escapes compare by bytes   | GET /caf%c3%a9/x        | any.example       | everything GET /caf%c3%a9/x",
                "the prefix not cut off     | GET /whole/x            | any.example       | whole GET /whole/x",
                "no end of a segment, again | GET /shopping           | any.example       | everything GET /shopping",
                "two slashes                | GET //shop/x            | any.example       | everything GET //shop/x",
            })
    void a_request_goes_to_the_most_specific_route(String words, String operation, String host, String expected)
            throws Exception {
        assertEquals(
                expected + " HTTP/1.1", ask(gateway.port(), operation, host).body());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/gateways", "/services", "/stats", "/", "/routes", "/docs"})
    void the_gateways_own_paths_go_first_and_leave_the_main_port_with_an_admin_port(String path) throws Exception {
        int mainPort = withAdminPort.port();
        int adminPort =
                ((ServerConnector) withAdminPort.app.jettyServer().server().getConnectors()[1]).getLocalPort();
        String taken = "everything GET " + path + " HTTP/1.1";
        assertEquals(200, ask(gateway.port(), "GET " + path, "localhost").status());
        assertTrue(!ask(gateway.port(), "GET " + path, "localhost").body().equals(taken));
        assertEquals(taken, ask(mainPort, "GET " + path, "localhost").body());
        assertEquals(200, ask(adminPort, "GET " + path, "localhost").status());
        assertTrue(!ask(adminPort, "GET " + path, "localhost").body().equals(taken));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GET /shop/../services, 400",
        "GET /shop/%2e%2e/services, 400",
        "GET /shop/..;/services, 400",
        "GET /shop\\x, 400",
        "TRACE /shop/x, 405"
    })
    void the_guards_hold_for_every_route(String operation, int status) throws Exception {
        assertEquals(status, ask(gateway.port(), operation, "any.example").status());
    }

    @Test
    void what_a_route_lists_can_be_drained_but_not_removed() throws Exception {
        String service =
                "/services/127.0.0.1-" + BACKENDS.get(NAMES.indexOf("encoded")).port();
        assertEquals(409, gateway.delete(service).statusCode());
        assertTrue(gateway.delete(service).body().contains("take it out there, or drain it"));
        assertEquals(200, gateway.post(service + "/drain", "").statusCode());
        assertEquals(503, ask(gateway.port(), "GET /caf%C3%A9/x", "any.example").status());
        assertEquals(200, gateway.post(service + "/resume", "").statusCode());
        assertEquals(200, ask(gateway.port(), "GET /caf%C3%A9/x", "any.example").status());
    }

    // The service gets "/" either way; but the relative links of its page would lead out of the mount.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "a browser at the mount         | GET /shop         | text/html,*/*;q=0.8 | 307 | ./shop/",
                "with a query                   | GET /shop?a=b/c&d | text/html           | 307 | ./shop/?a=b/c&d",
                "HEAD                           | HEAD /shop        | text/html           | 307 | ./shop/",
                "a longer mount                 | GET /shop/cart    | text/html           | 307 | ./cart/",
                "an escaped mount               | GET /caf%C3%A9    | text/html           | 307 | ./caf%C3%A9/",
                "with its slash                 | GET /shop/        | text/html           | 200 | none",
                "below it                       | GET /shop/x       | text/html           | 200 | none",
                "another client                 | GET /shop         | */*                 | 200 | none",
                "a form                         | POST /shop        | text/html           | 200 | none",
                "a prefix that isn't cut off    | GET /whole        | text/html           | 200 | none",
                "a route without a prefix       | GET /other        | text/html           | 200 | none",
            })
    void browsers_get_the_slash_behind_a_mount(
            String words, String operation, String accept, int status, String location) throws Exception {
        try (RawClient client = gateway.raw()) {
            client.send(operation + " HTTP/1.1\r\nHost: any.example\r\nAccept: " + accept
                    + "\r\nContent-Length: 0\r\n\r\n");
            RawClient.Answer answer = operation.startsWith("HEAD") ? client.head() : client.answer();
            assertEquals(status, answer.status());
            assertEquals(location == null ? List.of() : List.of(location), answer.header("Location"));
        }
    }

    /** Starts a gateway with these routes. */
    private static TestGateway with(String yaml) throws Exception {
        return TestGateway.withRoutes(yaml);
    }

    @Test
    void a_routes_timeout_is_its_own() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (TestBackend slow = TestBackend.heldBy(never);
                TestGateway routes = with("""
                        routes:
                          quick: {match: {path: /quick}, services: ["%s"], timeout: 100ms}
                        """.formatted(slow.url()))) {
            RawClient.Answer answer = routes.raw("GET /quick/x HTTP/1.1\r\nHost: x\r\n\r\n");
            assertEquals(504, answer.status());
            assertTrue(answer.body().contains("was silent for 100ms"), answer.body());
            never.countDown();
        }
    }

    @ParameterizedTest(name = "retries: {0}: {1} attempts")
    @CsvSource({"0, 1", "1, 2", "3, 4"})
    void a_routes_retries_are_its_own(int retries, int attempts) throws Exception {
        List<TestBackend> failing = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                failing.add(TestBackend.hangsUp());
            }
            String urls = String.join(
                    ", ",
                    failing.stream().map(backend -> '"' + backend.url() + '"').toList());
            try (TestGateway routes = with("""
                    routes:
                      often: {match: {path: /often}, services: [%s], retries: %d, health: off}
                    """.formatted(urls, retries))) {
                assertEquals(502, routes.get("/often/x").statusCode());
                assertEquals(
                        attempts,
                        IntStream.range(0, failing.size())
                                .mapToLong(i -> requests(routes, i))
                                .sum());
            }
        } finally {
            for (TestBackend backend : failing) {
                backend.close();
            }
        }
    }

    private static long requests(TestGateway routes, int service) {
        try {
            return routes.json("/services")
                    .path("services")
                    .path(service)
                    .path("requests")
                    .asLong();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}: {1} bytes get {2}")
    @CsvSource({"/small, 11, 413", "/small, 10, 200", "/large, 11534336, 200"})
    void a_routes_largest_body_is_its_own(String path, int length, int status) throws Exception {
        try (TestBackend backend = TestBackend.named("any");
                TestGateway routes = with("""
                        routes:
                          small: {match: {path: /small}, services: ["%1$s"], max-body: 10}
                          large: {match: {path: /large}, services: ["%1$s"], max-body: 11MB}
                        """.formatted(backend.url()))) {
            RawClient.Answer whole = routes.raw("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length
                    + "\r\n\r\n" + "x".repeat(length));
            assertEquals(status, whole.status());
            RawClient.Answer chunked = routes.raw("POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"
                    + "\r\n\r\n" + Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n0\r\n\r\n");
            assertEquals(status, chunked.status());
        }
    }
}
