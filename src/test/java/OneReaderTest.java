import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/**
 * Jetty answers a bad request on another thread, which may go on to read from the connection while the first one is
 * still about to leave it. Both then gave the connection's buffer back to the pool; two later connections shared it, and
 * now and then a service got a request twice, or a client another's bytes. FuzzTest found that, once in 100,000
 * connections.
 */
class OneReaderTest {
    private static final String GET = "GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final Set<Thread.State> WAITING = Set.of(Thread.State.WAITING, Thread.State.BLOCKED);

    @Test
    void a_second_thread_waits_until_the_first_has_left_a_connection() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.heldBy(held);
                TestGateway gateway = TestGateway.inFrontOf(backend);
                RawClient client = gateway.raw()) {
            client.send(GET);
            backend.next();
            ServerConnector connector =
                    (ServerConnector) gateway.app.jettyServer().server().getConnectors()[0];
            EndPoint endPoint = connector.getConnectedEndPoints().iterator().next();
            Thread second = new Thread(((Runnable) endPoint.getConnection())::run);
            second.start();
            Await.until("the second thread's wait", () -> WAITING.contains(second.getState()) || !second.isAlive());
            assertTrue(second.isAlive(), "it didn't wait");
            held.countDown();
            assertEquals(200, client.answer().status());
            second.join();
        }
    }
}
