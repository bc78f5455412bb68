import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.server.ClientEndPoint;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jetty's idle timeout expires in the middle of an exchange. An answer that went on at that moment, after a silence of
 * its service, was once broken off: Jetty took what had just been written for a write that had waited all the time.
 */
class IdleTimeoutTest {
    private static final int LARGE = 8 << 20; // more than sockets hold

    /** Requests that the service has and hasn't answered. */
    private static final BlockingQueue<TestBackend.Wire> HELD = new LinkedBlockingQueue<>();

    private static PlainAndTls gateways;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        gateways = new PlainAndTls(folder, Map.of(), TestBackend.doing((request, wire) -> {
            if (request.target().equals("/large")) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                wire.send(new byte[LARGE]);
            } else {
                HELD.add(wire);
            }
        }));
    }

    @AfterAll
    static void stop() throws IOException {
        gateways.close();
    }

    /** The only connection that a client has at this gateway. */
    private static ClientEndPoint connection(PlainAndTls.Way way) throws Exception {
        Connector connector = gateways.gateway(way).app.jettyServer().server().getConnectors()[0];
        Await.until("one connection", () -> connector.getConnectedEndPoints().size() == 1);
        EndPoint only = connector.getConnectedEndPoints().iterator().next();
        return ClientEndPoint.below(only);
    }

    /** Lets Jetty's idle timeout expire, and whatever that does happen. */
    private static void expire(ClientEndPoint connection) throws Exception {
        long usual = connection.getIdleTimeout();
        connection.setIdleTimeout(100);
        long[] longest = {0};
        Await.until(
                "the timeout",
                () -> { // which begins anew once it has expired
                    long idle = connection.getIdleFor();
                    boolean expired = idle < longest[0];
                    longest[0] = Math.max(longest[0], idle);
                    return expired || !connection.isOpen();
                });
        connection.setIdleTimeout(usual);
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_is_being_written_goes_on(PlainAndTls.Way way) throws Exception {
        try (RawClient client = gateways.client(way)) {
            client.send("GET /api/large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertEquals(200, client.head().status());
            ClientEndPoint connection = connection(way);
            Await.until("a write", () -> connection.getWriteFlusher().isPending());
            expire(connection);
            assertEquals(LARGE, client.rest().length());
        }
    }

    static Stream<Arguments> answers() {
        return PlainAndTls.times(Stream.of(
                new Object[] {"of a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
                new Object[] {
                    "in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"
                },
                new Object[] {"without a body", "HTTP/1.1 204 No Content\r\n\r\n", ""}));
    }

    @ParameterizedTest(name = "{1} ({0})")
    @MethodSource("answers")
    void an_answer_may_begin_after_it(PlainAndTls.Way way, String what, String sent, String body) throws Exception {
        try (RawClient client = gateways.client(way)) {
            for (int i = 0; i < 2; i++) { // the connection is kept, too
                client.send("GET /api/held HTTP/1.1\r\nHost: x\r\n\r\n");
                TestBackend.Wire held = HELD.poll(30, TimeUnit.SECONDS);
                expire(connection(way));
                held.send(sent);
                Answer answer = client.answer();
                assertEquals(body, answer.body());
                assertEquals(List.of(), answer.header("Connection"));
            }
        }
    }

    /** A client that begins no more requests (RFC 9113, 6.8) still waits for its answer. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void by_http2_likewise(boolean goAway) throws Exception {
        try (RawHttp2 client = gateways.http2()) {
            client.get(1, "/api/held");
            TestBackend.Wire held = HELD.poll(30, TimeUnit.SECONDS);
            if (goAway) {
                client.send(RawHttp2.GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0");
                client.send(RawHttp2.PING, 0, 0, "12345678");
                client.next(RawHttp2.PING); // so it has the GOAWAY
            }
            expire(connection(PlainAndTls.Way.TLS));
            held.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            assertEquals("hello", client.next(RawHttp2.DATA).payload());
            expire(connection(PlainAndTls.Way.TLS));
            held.send("5\r\nworld\r\n0\r\n\r\n");
            assertEquals("world", client.body(1));
        }
    }

    /** Without an exchange it ends the connection, as it should. */
    @ParameterizedTest
    @CsvSource({"PLAIN, false", "PLAIN, true", "TLS, true"})
    void a_client_that_asks_nothing_is_let_go(PlainAndTls.Way way, boolean after) throws Exception {
        try (RawClient client = gateways.client(way)) {
            if (after) {
                client.send("GET /api/held HTTP/1.1\r\nHost: x\r\n\r\n");
                HELD.poll(30, TimeUnit.SECONDS).ok("fine");
                assertEquals("fine", client.answer().body());
            }
            expire(connection(way));
            assertEquals("", client.rest());
        }
    }
}
