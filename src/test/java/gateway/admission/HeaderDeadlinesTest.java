package gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.http.Refusals;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeaderDeadlinesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final FakeTime time = new FakeTime();
    private final Refusals answered = new Refusals();
    private final Refusals closed = new Refusals();
    private final HeaderDeadlines deadlines =
            new HeaderDeadlines(TIMEOUT, Duration.ofSeconds(60), answered, closed, time);
    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    /** A connection that has begun a header, and takes so many bytes of an answer; -1: all. */
    private ByteArrayEndPoint begun(int taken) {
        ByteArrayEndPoint connection = new ByteArrayEndPoint(null, 0, null, taken, taken < 0);
        connection.setConnection(new HttpConnection(new HttpConfiguration(), connector, connection));
        connection.getConnection().onOpen();
        connection.addInput("GET / HTTP/1.1\r\nX:");
        return connection;
    }

    private void tick(EndPoint... connections) {
        deadlines.tick(List.of(connections));
    }

    @Test
    void a_header_has_its_time_then_is_told_so() {
        ByteArrayEndPoint connection = begun(-1);
        tick(connection);
        time.pass(TIMEOUT.minusMillis(1));
        tick(connection);
        assertEquals("", connection.getOutputString());
        time.pass(Duration.ofMillis(1));
        tick(connection);
        assertTrue(connection.getOutputString().startsWith("HTTP/1.1 408 "));
        assertEquals(Map.of("request-timeout", 1L), answered.counts());
    }

    // A client that took nothing, not even its 408, made the next look fail, and with it all looks at all connections.
    @Test
    void who_does_not_take_its_answer_is_closed_and_keeps_no_other_from_its_own() {
        ByteArrayEndPoint deaf = begun(10);
        tick(deaf);
        time.pass(TIMEOUT);
        tick(deaf);
        assertTrue(deaf.isOpen(), "waiting for its answer to be taken");

        ByteArrayEndPoint other = begun(-1);
        tick(deaf, other);
        time.pass(TIMEOUT);
        tick(deaf, other);
        assertFalse(deaf.isOpen());
        assertTrue(other.getOutputString().startsWith("HTTP/1.1 408 "));
    }
}
