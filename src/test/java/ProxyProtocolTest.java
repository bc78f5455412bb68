import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers, versions 1 and 2, from a trusted proxy at 127.0.0.1 and from others. */
class ProxyProtocolTest {
    private static final String REQUEST = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";

    private static TestBackend backend;
    private static TestGateway gateway;
    private static TestGateway overTls;
    private static SSLContext trusting;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa("Test CA");
        trusting = ca.client();
        backend = TestBackend.named("a");
        Map<String, String> settings = Map.of("GATEWAY_PROXY_PROTOCOL", "true", "GATEWAY_TRUSTED_PROXIES", "127.0.0.1");
        gateway = TestGateway.with(settings, backend);
        Map<String, String> both = new HashMap<>(settings);
        both.put("GATEWAY_HTTP_REDIRECT_PORT", "0");
        both.putAll(ca.issue("localhost").writeTo(folder));
        overTls = TestGateway.with(both, backend);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        overTls.close();
        backend.close();
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex.replace(" ", "")), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "version 1, IPv4 | PROXY TCP4 192.0.2.7 192.0.2.1 4711 443~ | 192.0.2.7",
                "version 1, IPv6 | PROXY TCP6 2001:db8::7 2001:db8::1 4711 443~ | 2001:db8::7",
                "version 1, nobody's | PROXY UNKNOWN~ | 127.0.0.1",
                "version 2, IPv4 | 21 11 000C C0000207 C0000201 1267 01BB | 192.0.2.7",
                "version 2, IPv6 | 21 21 0024 20010DB8000000000000000000000007 "
                        + "20010DB8000000000000000000000001 1267 01BB | 2001:db8::7",
                "version 2, IPv4 within IPv6 | 21 21 0024 00000000000000000000FFFFC0000207 "
                        + "00000000000000000000FFFFC0000201 1267 01BB | 192.0.2.7",
                "version 2, with more behind | 21 11 0011 C0000207 C0000201 1267 01BB 04 0002 0000 | 192.0.2.7",
                "version 2, the proxy's own check | 20 00 0000 | 127.0.0.1"
            })
    void the_header_says_whom_the_request_is_from(String name, String header, String client) throws Exception {
        String text = header.startsWith("PROXY") ? header.replace("~", "\r\n") : bytes(SIGNATURE + header);
        try (RawClient proxy = gateway.raw()) {
            assertEquals(200, proxy.send(text).send(REQUEST).answer().status());
            assertEquals(List.of(client), backend.next().header("X-Forwarded-For"));
        }
    }

    @Test
    void it_stands_before_tls() throws Exception {
        Socket tcp = new Socket(InetAddress.getLoopbackAddress(), overTls.port());
        tcp.getOutputStream().write("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n".getBytes());
        SSLSocket tls = (SSLSocket) trusting.getSocketFactory().createSocket(tcp, "localhost", overTls.port(), true);
        try (RawClient proxy = new RawClient(tls)) {
            assertEquals(200, proxy.send(REQUEST).answer().status());
            TestBackend.Received seen = backend.next();
            assertEquals(List.of("192.0.2.7"), seen.header("X-Forwarded-For"));
            assertEquals(List.of("https"), seen.header("X-Forwarded-Proto"));
        }
    }

    private static RawClient atTheWayFromHttp() throws IOException {
        return new RawClient(
                ((ServerConnector) overTls.app.jettyServer().server().getConnectors()[1]).getLocalPort());
    }

    /** A balancer that sent it on both ports got a 400 for it there: nobody found the way from HTTP. */
    @Test
    void it_stands_before_the_way_from_http_too() throws Exception {
        try (RawClient proxy = atTheWayFromHttp()) {
            proxy.send("PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n").send(REQUEST);
            RawClient.Answer answer = proxy.answer();
            assertEquals(308, answer.status());
            assertEquals(List.of("https://x:" + overTls.port() + "/api/x"), answer.header("Location"));
        }
        try (RawClient client = atTheWayFromHttp()) {
            assertEquals("", whatComes(client, REQUEST), "closed without an answer");
        }
    }

    @Test
    void it_may_come_byte_by_byte_and_with_the_request_behind_it() throws Exception {
        try (RawClient proxy = gateway.raw()) {
            for (char next : ("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n" + REQUEST).toCharArray()) {
                proxy.send(String.valueOf(next));
            }
            assertEquals(200, proxy.answer().status());
            assertEquals(List.of("192.0.2.7"), backend.next().header("X-Forwarded-For"));
        }
    }

    @Test
    void it_holds_for_all_requests_of_its_connection() throws Exception {
        try (RawClient proxy = gateway.raw()) {
            proxy.send("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n");
            for (int i = 0; i < 2; i++) {
                proxy.send(REQUEST).answer();
                assertEquals(List.of("192.0.2.7"), backend.next().header("X-Forwarded-For"));
            }
        }
    }

    /** A reset is an end as well. */
    private static String whatComes(RawClient client, String sent) {
        try {
            return client.send(sent).rest();
        } catch (IOException e) {
            return "";
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no header at all | GET /api/x HTTP/1.1~Host: x~~",
                "a client that isn't one | HELLO THERE, THIS IS NO PROXY AT ALL~",
                "a port that is none | PROXY TCP4 192.0.2.7 192.0.2.1 hello 443~",
                "an address missing | PROXY TCP4~",
                "a control character | PROXY TCP4 192.0.2.7\t 192.0.2.1 1 2~",
                "a name without an address | PROXY TCP4 no.such.host.invalid 192.0.2.1 4711 443~"
            })
    void what_is_no_header_is_closed_without_an_answer(String name, String sent) throws Exception {
        try (RawClient proxy = gateway.raw()) {
            assertEquals("", whatComes(proxy, sent.replace("~", "\r\n")));
        }
        assertEquals(0, backend.waiting());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PRO", "PROXY TCP4 192.0.2.7 "})
    void a_header_that_never_ends_is_ended(String begun) throws Exception {
        Map<String, String> settings = Map.of(
                "GATEWAY_PROXY_PROTOCOL", "true",
                "GATEWAY_TRUSTED_PROXIES", "127.0.0.1",
                "GATEWAY_HEADER_TIMEOUT", "100ms");
        try (TestGateway own = TestGateway.with(settings, backend);
                RawClient slow = own.raw()) {
            assertEquals("", slow.send(begun).rest(), "closed without an answer");
        }
    }

    @Test
    void a_socket_of_the_proxys_own_is_no_client() throws Exception {
        String path = "2F746D702F73" + "00".repeat(102);
        try (RawClient proxy = gateway.raw()) {
            assertEquals("", whatComes(proxy, bytes(SIGNATURE + "21 31 00D8" + path + path) + REQUEST));
        }
        assertEquals(0, backend.waiting());
    }

    @Test
    void who_is_not_trusted_is_closed_at_once_whatever_he_says() throws Exception {
        try (RawClient stranger = gateway.from("127.0.0.2")) {
            assertEquals("", whatComes(stranger, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n" + REQUEST));
        }
        assertEquals(0, backend.waiting());
    }
}
