package gateway.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ServiceUrl;
import gateway.testing.TestBackend;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Plan.Request GET = new Plan.Request(0, "127.0.1.7", "GET", "/api/info", "");

    private final List<String> said = new CopyOnWriteArrayList<>();

    private Traffic to(int port) {
        return new Traffic(ServiceUrl.parse("http://127.0.0.1:" + port), said::add);
    }

    /** The address from which this request comes, seen from the other end. */
    private String from(Plan.Request ask) throws Exception {
        try (ServerSocket gateway = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> to(gateway.getLocalPort()).send(ask));
            gateway.setSoTimeout(10_000);
            try (Socket socket = gateway.accept()) {
                return socket.getInetAddress().getHostAddress();
            } finally {
                sent.get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void each_client_has_an_address_of_its_own() throws Exception {
        assertEquals("127.0.1.7", from(GET));
        assertEquals(List.of(), said);
    }

    @Test
    void where_there_is_no_such_address_all_come_from_one_and_that_is_said_once() throws Exception {
        try (TestBackend gateway = TestBackend.raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            Traffic traffic = to(gateway.port());
            Plan.Request elsewhere = new Plan.Request(0, "192.0.2.1", "GET", "/api/info", ""); // nobody's: RFC 5737
            traffic.send(elsewhere);
            traffic.send(elsewhere);
            assertEquals("GET /api/info HTTP/1.1", gateway.next().line());
            assertEquals("GET /api/info HTTP/1.1", gateway.next().line());
        }
        assertEquals(
                List.of("All requests come from one address: this system has no address like 192.0.2.1;"
                        + " GATEWAY_RATE_LIMIT=150/60s lets more of them pass"),
                said);
    }

    @Test
    void closed_it_ends_at_once_though_a_request_is_planned() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Traffic traffic = new Traffic(
                ServiceUrl.parse("http://127.0.0.1:" + TestBackend.deadPort()), line -> begun.complete(null));
        CompletableFuture<Void> ended = CompletableFuture.runAsync(traffic::run);
        begun.get(10, TimeUnit.SECONDS);
        traffic.close();
        ended.get(10, TimeUnit.SECONDS);
    }

    @Test
    void a_post_has_its_body() throws Exception {
        try (TestBackend gateway = TestBackend.raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            to(gateway.port()).send(new Plan.Request(0, "127.0.1.7", "POST", "/api/data", "{\"a\":1}"));
            TestBackend.Received got = gateway.next();
            assertEquals("POST /api/data HTTP/1.1", got.line());
            assertEquals(List.of("application/json"), got.header("Content-Type"));
            assertEquals("{\"a\":1}", got.text());
        }
    }

    @Test
    void a_gateway_that_is_gone_and_back_is_one_line_each() throws Exception {
        int port = TestBackend.deadPort();
        Traffic traffic = to(port);
        traffic.send(GET);
        traffic.send(GET);
        assertEquals(1, said.size(), said.toString());
        assertTrue(
                said.get(0).startsWith("The gateway at http://127.0.0.1:" + port + " can't be reached ("), said.get(0));
        try (ServerSocket gateway = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> traffic.send(GET));
                gateway.accept().close(); // no answer: the gateway's business
                sent.get(10, TimeUnit.SECONDS);
            }
        }
        assertEquals(2, said.size(), said.toString());
        assertEquals("The gateway at http://127.0.0.1:" + port + " is back", said.get(1));
    }
}
