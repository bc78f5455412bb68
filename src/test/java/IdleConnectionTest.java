import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Script;
import gateway.testing.TestBackend.Wire;
import gateway.testing.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of connections that a service has closed, or will close, while nothing is under way on them. Each service
 * that is restarted or reloaded closes its idle ones, and most do so after some seconds; a request that was sent into
 * such a connection is lost, and one that may not be sent twice is a 502.
 */
class IdleConnectionTest {
    private static final int ROUNDS = 30;

    @TempDir
    private Path folder;

    private static String request(String method) {
        return method.equals("GET") || method.equals("HEAD")
                ? method + " /api/x HTTP/1.1\r\nHost: x\r\n\r\n"
                : method + " /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    }

    /** Answers, then closes without having said so, as a service does that restarts or whose idle timeout is short. */
    private static final Script CLOSES_UNANNOUNCED = (request, wire) -> {
        wire.ok("ok");
        wire.close();
    };

    private static void assertNoneIsLost(TestGateway gateway, TestBackend backend, String method) throws Exception {
        try (RawClient client = gateway.raw()) {
            for (int i = 0; i < ROUNDS; i++) {
                client.send(request(method));
                Answer answer = method.equals("HEAD") ? client.head() : client.answer();
                assertEquals(200, answer.status(), () -> answer.head() + answer.body());
                Await.until("the service has closed", () -> backend.connections() == 0);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
    void no_request_is_sent_into_a_connection_that_the_service_has_closed(String method) throws Exception {
        try (TestBackend backend = TestBackend.doing(CLOSES_UNANNOUNCED);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend)) {
            assertNoneIsLost(gateway, backend, method);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GET", "POST"})
    void nor_by_tls(String method) throws Exception {
        TestCa ca = new TestCa("Test CA");
        try (TestBackend backend = TestBackend.overTls(ca.issue("localhost").server(), CLOSES_UNANNOUNCED);
                TestGateway gateway = TestGateway.with(
                        Map.of(
                                "GATEWAY_BACKEND_CA",
                                ca.writeTo(folder.resolve("ca.pem")).toString(),
                                "GATEWAY_HEALTH_INTERVAL",
                                "1h"),
                        backend)) {
            assertNoneIsLost(gateway, backend, method);
        }
    }

    // A killed service resets its connections instead of closing them.
    @Test
    void nor_into_one_that_it_has_reset() throws Exception {
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.ok("ok");
                    wire.reset();
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend)) {
            assertNoneIsLost(gateway, backend, "POST");
        }
    }

    // Half-open connections would fill the service's and the gateway's tables of them.
    @Test
    void a_connection_that_the_service_has_closed_is_closed_soon_though_no_request_comes() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.ok("ok");
                    wire.endOutput();
                    if (wire.seesEnd()) {
                        seen.incrementAndGet();
                    }
                });
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend)) {
            assertEquals(200, gateway.raw(request("POST")).status());
            Await.until("the gateway has closed", () -> seen.get() == 1);
        }
    }

    private static Script onItsOwnConnection(AtomicInteger connections, String head) {
        return (request, wire) -> {
            int number = connections.incrementAndGet();
            do {
                wire.send(head.replace("~", "\r\n") + number);
            } while (next(wire));
        };
    }

    /** Waits for another request on the same connection; false at its end. */
    private static boolean next(Wire wire) throws IOException {
        while (!wire.readLine().isEmpty()) {
            continue;
        }
        return true;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "close in a list | HTTP/1.1 200 OK~Connection: foo, close~Content-Length: 1~~",
                "close in a second line | HTTP/1.1 200 OK~Connection: foo~Connection: Close~Content-Length: 1~~",
                "HTTP/1.0 without a word | HTTP/1.0 200 OK~Content-Length: 1~~",
                "the last of its requests | HTTP/1.1 200 OK~Keep-Alive: max=1~Content-Length: 1~~",
                "no time at all | HTTP/1.1 200 OK~Keep-Alive: timeout=0~Content-Length: 1~~",
            })
    void a_connection_that_the_service_will_close_gets_no_further_request(String name, String head) throws Exception {
        assertEquals(List.of("1", "2"), connectionsOfTwoRequests(head));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 without a word | HTTP/1.1 200 OK~Content-Length: 1~~",
                "HTTP/1.0 that keeps it | HTTP/1.0 200 OK~Connection: Keep-Alive~Content-Length: 1~~",
                "some time and many requests | HTTP/1.1 200 OK~Keep-Alive: timeout=60, max=99~Content-Length: 1~~",
            })
    void a_connection_that_the_service_keeps_gets_the_next_request(String name, String head) throws Exception {
        assertEquals(List.of("1", "1"), connectionsOfTwoRequests(head));
    }

    /** The numbers of the connections on which two requests of one client reach a service that answers so. */
    private static List<String> connectionsOfTwoRequests(String head) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (TestBackend backend = TestBackend.doing(onItsOwnConnection(connections, head));
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawClient client = gateway.raw()) {
            return List.of(
                    client.send(request("GET")).answer().body(),
                    client.send(request("GET")).answer().body());
        }
    }

    // What came too much would be the next client's answer.
    @Test
    void a_connection_on_which_too_much_came_gets_no_further_request() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        Script tooMuch = (request, wire) -> {
            String asked = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + connections.incrementAndGet();
            wire.send(asked + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
            if (wire.seesEnd()) {
                wire.close();
            }
        };
        try (TestBackend backend = TestBackend.doing(tooMuch);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), backend);
                RawClient client = gateway.raw()) {
            for (String expected : List.of("1", "2", "3")) {
                assertEquals(expected, client.send(request("GET")).answer().body());
            }
        }
    }
}
