import gateway.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of one port, half of which keep their connection as long as they may and half of which take a new one for each
 * request, until it is closed. Whatever they get but a 200 is a failure: being refused, being reset, another status.
 */
final class Clients implements AutoCloseable {
    private static final int EACH = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(2 * EACH);
    private final AtomicInteger served = new AtomicInteger();
    private final List<String> failures = new ArrayList<>();
    private final int port;
    private final String path;
    private volatile boolean over;

    private Clients(int port, String path) {
        this.port = port;
        this.path = path;
        for (int i = 0; i < EACH; i++) {
            threads.execute(() -> ask(true));
            threads.execute(() -> ask(false));
        }
    }

    static Clients of(int port) {
        return of(port, "/api/x");
    }

    static Clients of(int port, String path) {
        return new Clients(port, path);
    }

    private void ask(boolean again) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + (again ? "" : "Connection: close\r\n") + "\r\n";
        while (!over) {
            try (RawClient client = new RawClient(port)) {
                boolean open = true;
                while (open && !over) {
                    RawClient.Answer answer = client.send(request).answer();
                    if (answer.status() != 200) {
                        throw new IOException(answer.head() + answer.body());
                    }
                    served.incrementAndGet();
                    open = answer.header("Connection").isEmpty();
                }
            } catch (IOException | RuntimeException e) {
                synchronized (failures) {
                    failures.add((again ? "on a kept connection: " : "on a new connection: ") + e);
                }
            }
        }
    }

    /** Waits until so many more requests have been served, or one has failed. */
    void more(int requests) throws Exception {
        int goal = served.get() + requests;
        TestGateway.await(
                requests + " more requests",
                () -> served.get() >= goal || !failures().isEmpty());
    }

    /** What went wrong so far. */
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
    }
}
