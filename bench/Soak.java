import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Good and bad traffic, and the services behind, for {@code bench/soak.sh}: each kind has a thread of its own that does
 * it again and again, by ever other addresses. Prints how often each was done, and how often a good request failed.
 *
 * <pre>java -cp "target/test-classes:target/classes:target/lib/*" bench/Soak.java port seconds</pre>
 */
public final class Soak {
    private static final String WEB_SOCKET = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    private static final long PAUSE = 10_000_000;

    private final int port;
    private final Map<String, LongAdder> done = new LinkedHashMap<>();
    private final LongAdder failed = new LongAdder();
    private volatile boolean over;

    private Soak(int port) {
        this.port = port;
    }

    /** Something that clients do. */
    private interface Deed {
        void with(RawClient client) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Soak soak = new Soak(Integer.parseInt(arguments[0]));
        long end = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000_000L;
        TestBackend a = TestBackend.doing(Soak::serve);
        TestBackend b = TestBackend.doing(Soak::serve);
        try (a;
                b) {
            soak.register("soak-a", a);
            soak.register("soak-b", b);
            soak.start(a);
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            soak.over = true;
            soak.done.forEach((what, count) -> System.out.println(what + ": " + count));
            System.out.println("good requests that failed: " + soak.failed);
            System.out.flush();
            System.in.read(); // whoever started this looks at the gateway before the services end
        }
    }

    private static void serve(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        switch (request.target()) {
            case "/ws" -> {
                wire.send(WEB_SOCKET);
                wire.send(wire.bytes(6));
                wire.rest();
            }
            case "/large" -> wire.ok("x".repeat(4 << 20));
            case "/broken" ->
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").reset();
            case "/hang" -> LockSupport.parkNanos(500_000_000);
            default -> wire.ok("fine");
        }
    }

    private void register(String name, TestBackend backend) throws IOException {
        String body = "{\"name\":\"" + name + "\",\"url\":\"" + backend.url() + "\"}";
        try (RawClient client = new RawClient(port)) {
            client.send("POST /services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .answer();
        }
    }

    private void start(TestBackend backend) {
        String host = "HTTP/1.1\r\nHost: localhost\r\n";
        again("good requests, kept alive", client -> {
            for (int i = 0; i < 20; i++) {
                expect(200, client.send("GET /api/x " + host + "\r\n"));
            }
        });
        again("good bodies", client -> {
            String body = "y".repeat(100_000);
            expect(200, client.send("POST /api/x " + host + "Content-Length: " + body.length() + "\r\n\r\n" + body));
        });
        again("large answers", client -> expect(200, client.send("GET /api/large " + host + "\r\n")));
        again("who leaves in the middle of an answer", client -> {
            client.send("GET /api/large " + host + "\r\n").head();
            client.reset();
        });
        again("who leaves before the answer", client -> {
            client.send("GET /api/hang " + host + "\r\n");
            LockSupport.parkNanos(PAUSE);
        });
        again("half a header", client -> client.send("GET /api/x " + host + "X: "));
        again("half a body", client -> client.send("POST /api/x " + host + "Content-Length: 100\r\n\r\nhalf"));
        again("a body that is too large", client -> {
            client.send("POST /api/x " + host + "Transfer-Encoding: chunked\r\n\r\n");
            client.send("20000\r\n" + "z".repeat(0x20000) + "\r\n").answer();
        });
        again(
                "a header that is too large",
                client -> client.send("GET /api/x " + host + "X: " + "z".repeat(40_000) + "\r\n\r\n")
                        .answer());
        again("junk", client -> {
            byte[] junk = new byte[200];
            ThreadLocalRandom.current().nextBytes(junk);
            client.send(junk).send("\r\n\r\n").answer();
        });
        again(
                "a service that breaks off",
                client -> client.send("GET /api/broken " + host + "\r\n").answer());
        again("silence until the end", client -> client.rest());
        again("WebSockets", client -> {
            client.send("GET /api/ws " + host + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .head();
            client.send("abcdef").bytes(6);
        });
        again("viewers", client -> {
            client.send("GET /dashboard/events " + host + "\r\n").head();
            client.bytes(10_000);
        });
        again("registrations", client -> {
            String name = "short-lived-" + ThreadLocalRandom.current().nextInt(1000);
            register(name, backend);
            client.send("DELETE /services/" + name + " " + host + "\r\n").answer();
        });
        again("metrics", client -> client.send("GET /metrics " + host + "\r\n").answer());
    }

    private void again(String what, Deed deed) {
        LongAdder count = done.computeIfAbsent(what, any -> new LongAdder());
        Thread thread = new Thread(
                () -> {
                    while (!over) {
                        try (RawClient client = new RawClient(port, address())) {
                            deed.with(client);
                        } catch (Exception e) {
                            // ended, as bad clients are
                        }
                        count.increment();
                        LockSupport.parkNanos(PAUSE);
                    }
                },
                what);
        thread.setDaemon(true);
        thread.start();
    }

    private static InetAddress address() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return InetAddress.getByAddress(
                new byte[] {127, 0, (byte) random.nextInt(1, 250), (byte) random.nextInt(1, 250)});
    }

    private void expect(int status, RawClient client) {
        try {
            if (client.answer().status() != status) {
                failed.increment();
            }
        } catch (IOException e) {
            failed.increment();
        }
    }
}
