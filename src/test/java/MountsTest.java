import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import gateway.testing.TestBackend.Script;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Apps below a prefix: what they are told of where they are, and where what they answer leads. */
class MountsTest {
    private static final String PROXY = "127.0.0.2";

    @TempDir
    private Path folder;

    private TestGateway gateway(String route, String url, Map<String, String> settings) throws Exception {
        String file = "routes: {shop: {match: {path: /shop}, services: [\"" + url + "\"], health: off" + route + "}}";
        return TestGateway.withRoutes(file, settings);
    }

    private TestGateway gateway(String route, TestBackend service) throws Exception {
        return gateway(route, service.url(), Map.of());
    }

    private static String get(String... fields) {
        return "GET /shop/data HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    }

    private static Script answering(String... fields) {
        return (request, wire) -> wire.send("HTTP/1.1 302 Found\r\n"
                + String.join("\r\n", fields)
                        .replace("HOST", request.header("Host").get(0))
                + "\r\nContent-Length: 0\r\n\r\n");
    }

    /** An app that builds URLs from the Host that it sees, as FastAPI, Flask, Spring and Apache do, or writes paths. */
    @ParameterizedTest(name = "host: {0}, redirect to {1}")
    @CsvSource({
        "client, http://HOST/data/, /shop/data/",
        "service, http://HOST/data/, /shop/data/",
        "client, //HOST/data/, /shop/data/",
        "service, //HOST/data/, /shop/data/",
        "client, /data/, /shop/data/",
        "service, /data/, /shop/data/",
        "client, data/, data/",
        "service, https://login.example/?back=http://HOST/, https://login.example/?back=http://OWN/",
    })
    void a_redirect_leads_back_through_the_gateway_with_either_host(String host, String written, String expected)
            throws Exception {
        try (TestBackend service =
                        TestBackend.doing(answering("Location: " + written, "Content-Location: " + written));
                TestGateway gateway = gateway(", host: " + host, service)) {
            Answer answer = gateway.raw(get("Host: shop.example:8000"));
            String turned = expected.replace("OWN", "127.0.0.1:" + service.port());
            assertEquals(List.of(turned), answer.header("Location"));
            assertEquals(List.of(turned), answer.header("Content-Location"));
        }
    }

    @Test
    void cookies_stay_apart_and_come_back_through_the_gateway() throws Exception {
        try (TestBackend service = TestBackend.doing(answering(
                        "Set-Cookie: a=1; Path=/; HttpOnly",
                        "set-cookie: b=\u00e9; Domain=127.0.0.1; path=/x",
                        "Set-Cookie: __Host-c=3; Secure; Path=/",
                        "Set-Cookie: d=4"));
                TestGateway gateway = gateway("", service)) {
            assertEquals(
                    List.of("a=1; Path=/shop; HttpOnly", "b=\u00e9; path=/shop/x", "__Host-c=3; Secure; Path=/", "d=4"),
                    gateway.raw(get("Host: shop.example")).header("Set-Cookie"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "redirects: pass | , redirects: pass | /data/ | a=1; Path=/",
                "the prefix not cut off | , strip: false | /data/ | a=1; Path=/",
            })
    void nothing_is_turned_where_nothing_should_be(String what, String route, String location, String cookie)
            throws Exception {
        try (TestBackend service = TestBackend.doing(answering("Location: " + location, "Set-Cookie: " + cookie));
                TestGateway gateway = gateway(route, service)) {
            Answer answer = gateway.raw(get("Host: shop.example"));
            assertEquals(List.of(location), answer.header("Location"));
            assertEquals(List.of(cookie), answer.header("Set-Cookie"));
        }
    }

    @Test
    void a_service_that_is_not_told_of_the_mount_may_have_paths_that_begin_like_it() throws Exception {
        try (TestBackend service = TestBackend.doing(answering("Location: /shop/data/"));
                TestGateway told = gateway("", service);
                TestGateway silent = gateway(", headers: {request: {remove: [X-Forwarded-Prefix]}}", service)) {
            assertEquals(List.of("/shop/data/"), told.raw(get("Host: x")).header("Location"));
            assertEquals(List.of("/shop/shop/data/"), silent.raw(get("Host: x")).header("Location"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "from a client, nothing passes | 127.0.0.1 | X-Forwarded-Prefix: /evil | /shop",
                "nor by a name that looks the same | 127.0.0.1 | X_Forwarded_Prefix: /evil | /shop",
                "from a trusted proxy | 127.0.0.2 | X-Forwarded-Prefix: /outer | /outer/shop",
                "with a slash at its end | 127.0.0.2 | X-Forwarded-Prefix: /outer/ | /outer/shop",
                "from several proxies | 127.0.0.2 | X-Forwarded-Prefix: /a, /b | /a/b/shop",
                "the root | 127.0.0.2 | X-Forwarded-Prefix: / | /shop",
                "no path | 127.0.0.2 | X-Forwarded-Prefix: outer | /shop",
                "the name of a host | 127.0.0.2 | X-Forwarded-Prefix: //evil.example | /shop",
                "dots | 127.0.0.2 | X-Forwarded-Prefix: /a/%2e%2E/b | /shop",
                "two of them, of which one may be the client's | 127.0.0.2"
                        + " | X-Forwarded-Prefix: /a\\r\\nX-Forwarded-Prefix: /b | /shop",
            })
    void the_service_is_told_what_was_cut_off(String what, String from, String field, String expected)
            throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway("", service.url(), Map.of("GATEWAY_TRUSTED_PROXIES", PROXY));
                RawClient client = gateway.from(from)) {
            client.send(get("Host: shop.example", field.replace("\\r\\n", "\r\n")))
                    .answer();
            Received got = service.next();
            assertEquals(List.of(expected), got.header("X-Forwarded-Prefix"));
            assertEquals(List.of(), got.header("X_Forwarded_Prefix"));
        }
    }

    @Test
    void a_route_that_cuts_nothing_off_says_nothing() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(", strip: false", service)) {
            gateway.raw(get("Host: x", "X-Forwarded-Prefix: /evil"));
            assertEquals(List.of(), service.next().header("X-Forwarded-Prefix"));
        }
    }

    @ParameterizedTest(name = "host: {0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "client | HTTP/1.1 | 127.0.0.1 | Host: Shop.Example:8000 | Shop.Example:8000",
                "service | HTTP/1.1 | 127.0.0.1 | Host: shop.example:8000 | OWN",
                "client | HTTP/1.0 | 127.0.0.1 | X-None: 1 | OWN",
                "client | HTTP/1.1 | 127.0.0.1 | Host: [::1]:8000 | [::1]:8000",
                "client | HTTP/1.1 | 127.0.0.1 | Host: a\\r\\nX-Forwarded-Host: evil.example | a",
                "client | HTTP/1.1 | 127.0.0.2 | Host: inner\\r\\nX-Forwarded-Host: public.example | public.example",
                "client | HTTP/1.1 | 127.0.0.2 | Host: inner | inner",
                "service | HTTP/1.1 | 127.0.0.2 | Host: inner\\r\\nX-Forwarded-Host: public.example | OWN",
            })
    void a_service_sees_the_host_that_the_route_says(
            String host, String protocol, String from, String fields, String expected) throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway =
                        gateway(", host: " + host, service.url(), Map.of("GATEWAY_TRUSTED_PROXIES", PROXY));
                RawClient client = gateway.from(from)) {
            String request = "GET /shop/x " + protocol + "\r\n" + fields.replace("\\r\\n", "\r\n") + "\r\n\r\n";
            assertEquals(200, client.send(request).answer().status());
            assertEquals(
                    List.of(expected.replace("OWN", "127.0.0.1:" + service.port())),
                    service.next().header("Host"));
        }
    }

    @Test
    void a_request_line_with_a_host_names_the_one_that_the_service_sees() throws Exception {
        try (TestBackend service = TestBackend.named("a");
                TestGateway gateway = gateway(", host: client", service)) {
            String line = "GET http://shop.example/shop/x HTTP/1.1\r\nHost: ";
            assertEquals(
                    200,
                    gateway.raw(line + "shop.example\r\nConnection: close\r\n\r\n")
                            .status());
            assertEquals(List.of("shop.example"), service.next().header("Host"));
            assertEquals(
                    400,
                    gateway.raw(line + "other.example\r\nConnection: close\r\n\r\n")
                            .status());
        }
    }

    @Test
    void by_http2_the_service_sees_the_authority_and_redirects_come_back() throws Exception {
        TestCa ca = new TestCa("Test CA");
        try (TestBackend service = TestBackend.doing(answering("Location: http://HOST/data/"));
                TestGateway gateway = gateway(
                        ", host: client", service.url(), ca.issue("localhost").writeTo(folder))) {
            HttpClient client = HttpClient.newBuilder().sslContext(ca.client()).build();
            String own = "localhost:" + gateway.port();
            var answer = client.send(
                    HttpRequest.newBuilder(URI.create("https://" + own + "/shop/data"))
                            .build(),
                    BodyHandlers.discarding());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals(List.of("/shop/data/"), answer.headers().allValues("Location"));
            Received got = service.next();
            assertEquals(List.of(own), got.header("Host"));
            assertEquals(List.of(own), got.header("X-Forwarded-Host"));
            assertEquals(List.of("https"), got.header("X-Forwarded-Proto"));
        }
    }

    @ParameterizedTest(name = "host: {0}")
    @CsvSource({"client, shop.example", "service, OWN"})
    void tls_to_a_service_is_about_its_own_name_whatever_host_it_sees(String host, String expected) throws Exception {
        TestCa ca = new TestCa("Test CA");
        CompletableFuture<List<SNIServerName>> asked = new CompletableFuture<>();
        CompletableFuture<String> head = new CompletableFuture<>();
        try (SSLServerSocket listener = (SSLServerSocket) ca.issue("localhost")
                        .server()
                        .getServerSocketFactory()
                        .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TestGateway gateway = gateway(
                        ", host: " + host,
                        "https://localhost:" + listener.getLocalPort(),
                        Map.of(
                                "GATEWAY_BACKEND_CA",
                                ca.writeTo(folder.resolve("ca.pem")).toString()))) {
            CompletableFuture.runAsync(() -> serveOnce(listener, asked, head));
            assertEquals(200, gateway.raw(get("Host: shop.example")).status());
            assertEquals(List.of(new SNIHostName("localhost")), asked.get(30, TimeUnit.SECONDS));
            String own = expected.replace("OWN", "localhost:" + listener.getLocalPort());
            assertEquals(
                    own,
                    new Received(head.get(30, TimeUnit.SECONDS), new byte[0])
                            .header("Host")
                            .get(0));
        }
    }

    private static void serveOnce(
            SSLServerSocket listener, CompletableFuture<List<SNIServerName>> asked, CompletableFuture<String> head) {
        try (SSLSocket socket = (SSLSocket) listener.accept();
                RawClient wire = new RawClient(socket)) {
            head.complete(wire.head().head());
            asked.complete(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames());
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        } catch (IOException e) {
            asked.completeExceptionally(e);
            head.completeExceptionally(e);
        }
    }
}
