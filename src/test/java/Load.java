import gateway.testing.Await;
import gateway.testing.RawClient;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Requests from many addresses to several gateways at once, until it is closed. Each address sends few. */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 6;
    private static final int REQUESTS_EACH = 7; // two more than pass
    private static final long PACE_NANOS = 20_000_000; // what is tested is the fault, not how much the machine can do

    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Future<?>> clients = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final AtomicInteger addresses = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicLong slowestNanos = new AtomicLong();
    private volatile boolean over;

    private Load(List<TestGateway> gateways) {
        for (int i = 0; i < CLIENTS; i++) {
            TestGateway gateway = gateways.get(i % gateways.size());
            clients.add(threads.submit(() -> {
                while (!over) {
                    burst(gateway);
                    LockSupport.parkNanos(PACE_NANOS);
                }
                return null;
            }));
        }
    }

    static Load on(TestGateway... gateways) {
        return new Load(List.of(gateways));
    }

    private void burst(TestGateway gateway) throws Exception {
        int number = addresses.incrementAndGet();
        InetAddress own =
                InetAddress.getByAddress(new byte[] {127, 9, (byte) (number / 250), (byte) (1 + number % 250)});
        try (RawClient client = new RawClient(gateway.port(), own)) {
            for (int i = 0; i < REQUESTS_EACH; i++) {
                long start = System.nanoTime();
                int status = client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")
                        .answer()
                        .status();
                slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                sent.incrementAndGet();
                synchronized (statuses) {
                    statuses.merge(status, 1, Integer::sum);
                }
            }
        }
    }

    /** Waits until so many more requests have been answered. */
    void more(int requests) throws Exception {
        int goal = sent.get() + requests;
        Await.until(requests + " more requests", () -> sent.get() >= goal || failed());
    }

    private boolean failed() {
        return clients.stream().anyMatch(Future::isDone);
    }

    /** How often each status came. */
    Map<Integer, Integer> statuses() {
        synchronized (statuses) {
            return new TreeMap<>(statuses);
        }
    }

    /** The longest any request took since the last call, milliseconds. */
    double slowestMillis() {
        return slowestNanos.getAndSet(0) / 1e6;
    }

    /** Ends; fails if a request got no answer at all. */
    @Override
    public void close() throws ExecutionException {
        over = true;
        try {
            for (Future<?> client : clients) {
                client.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
        }
    }
}
