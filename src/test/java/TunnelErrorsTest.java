import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Wire;
import gateway.util.Time;
import java.net.SocketException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels in a gateway that runs out of memory. */
class TunnelErrorsTest {
    private static final String ASK = "GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private final BlockingQueue<Wire> wires = new LinkedBlockingQueue<>();
    private final AtomicBoolean lacking = new AtomicBoolean();

    /** The machine's clock. While memory is lacking, a tunnel's thread that asks it gets an Error, once. */
    private final class ClockWithoutMemory implements Time {
        private final Time real = Time.system();

        @Override
        public long nanos() {
            if (Thread.currentThread().getName().startsWith("websocket") && lacking.getAndSet(false)) {
                throw new OutOfMemoryError("as the test wants it");
            }
            return real.nanos();
        }

        @Override
        public Instant now() {
            return real.now();
        }
    }

    /**
     * Such an Error ended the thread that copied one way, and nothing else: the tunnel stayed open for its hour of
     * silence, or for as long as the other way had bytes to carry, and this way nothing came any more.
     */
    @ParameterizedTest(name = "while it copies to the {0}")
    @ValueSource(strings = {"client", "backend"})
    void a_tunnel_that_lacks_memory_to_copy_one_way_is_reset_on_both_sides(String to) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestBackend backend = TestBackend.doing((request, wire) -> {
                    wire.send(SWITCH);
                    wires.add(wire);
                    over.await();
                });
                TestGateway gateway =
                        TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "1h"), new ClockWithoutMemory(), backend);
                RawClient client = gateway.raw().send(ASK)) {
            assertEquals(101, client.head().status());
            Wire wire = wires.poll(30, TimeUnit.SECONDS);
            client.send("to the backend");
            assertEquals("to the backend", wire.bytes(14));
            lacking.set(true);
            if (to.equals("client")) {
                wire.send("to the client");
            } else {
                client.send("to the backend");
            }
            assertThrows(SocketException.class, client::rest);
            assertThrows(SocketException.class, wire::rest);
            Await.until(
                    "its end",
                    () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
        } finally {
            over.countDown();
        }
    }
}
