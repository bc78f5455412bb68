import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.X509TrustManager;
import nl.altindag.ssl.util.TrustManagerUtils;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Clients of one port, until it is closed: half keep their connection as long as they may, half take a new one for each
 * request; or all share one of HTTP/2. Whatever they get but a 200 is a failure: being refused, being reset, another
 * status.
 */
final class Clients implements AutoCloseable {
    private static final int EACH = 4;

    /** Between two requests of a client: what is tested is that none is lost, not how many the machine can carry. */
    private static final long PACE_NANOS = 5_000_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(2 * EACH);
    private final AtomicInteger served = new AtomicInteger();
    private final List<String> failures = new ArrayList<>();
    private final int port;
    private final String method;
    private final String path;
    private final String body;
    private final boolean askAnew;
    private volatile boolean over;

    private Clients(int port, String method, String path, String body) {
        this(port, method, path, body, false);
    }

    private Clients(int port, String method, String path, String body, boolean askAnew) {
        this.port = port;
        this.method = method;
        this.path = path;
        this.body = body;
        this.askAnew = askAnew;
    }

    /**
     * Such that ask anew, once, when a new connection is reset before anything came by it, as browsers do: kernels that
     * hand over no connections lose those that arrive in the microseconds in which a port is closed.
     */
    static Clients askingAnew(int port) {
        return started(new Clients(port, "GET", "/api/x", "", true));
    }

    static Clients of(int port, String path) {
        return started(new Clients(port, "GET", path, ""));
    }

    /** Such that send JSON, which nobody may send twice for them. */
    static Clients posting(int port, String path) {
        return started(new Clients(port, "POST", path, "{\"posted\":true}"));
    }

    private static Clients started(Clients clients) {
        for (int i = 0; i < EACH; i++) {
            clients.threads.execute(() -> clients.ask(true));
            clients.threads.execute(() -> clients.ask(false));
        }
        return clients;
    }

    /** Such that speak HTTP/2 over TLS. Not Java's own client, which before Java 24 takes a GOAWAY for a failure. */
    static Clients ofHttp2(int port, TestCa ca) throws Exception {
        Clients clients = new Clients(port, "GET", "/api/x", "");
        X509TrustManager believed =
                TrustManagerUtils.createTrustManager(List.of((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(ca.pem().getBytes(StandardCharsets.US_ASCII)))));
        OkHttpClient client = new OkHttpClient.Builder()
                .sslSocketFactory(ca.client().getSocketFactory(), believed)
                .build();
        for (int i = 0; i < 2 * EACH; i++) {
            clients.threads.execute(() -> clients.ask(client));
        }
        return clients;
    }

    private void ask(OkHttpClient client) {
        Request request =
                new Request.Builder().url("https://localhost:" + port + path).build();
        while (!over) {
            try (Response answer = client.newCall(request).execute()) {
                if (answer.code() != 200 || answer.protocol() != Protocol.HTTP_2) {
                    throw new IOException(answer + answer.body().string());
                }
                answer.body().bytes();
                served();
            } catch (IOException e) {
                fail("by HTTP/2: ", e);
            }
        }
        client.connectionPool().evictAll();
    }

    private void served() {
        served.incrementAndGet();
        LockSupport.parkNanos(PACE_NANOS);
    }

    private void fail(String how, Exception e) {
        synchronized (failures) {
            failures.add(how + e);
        }
    }

    private void ask(boolean again) {
        String content = "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n";
        String request = method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + (body.isEmpty() ? "" : content)
                + (again ? "" : "Connection: close\r\n") + "\r\n" + body;
        boolean anew = false;
        while (!over) {
            boolean answered = false;
            try (RawClient client = new RawClient(port)) {
                boolean open = true;
                while (open && !over) {
                    RawClient.Answer answer = client.send(request).answer();
                    if (answer.status() != 200) {
                        throw new IOException(answer.head() + answer.body());
                    }
                    answered = true;
                    anew = false;
                    served();
                    open = answer.header("Connection").isEmpty();
                }
            } catch (IOException | RuntimeException e) {
                if (askAnew && !anew && !answered && isReset(e)) {
                    anew = true;
                    continue;
                }
                fail(again ? "on a kept connection: " : "on a new connection: ", e);
            }
        }
    }

    /** Reset after it was made: to be refused is another thing. */
    private static boolean isReset(Exception e) {
        return e instanceof SocketException && !(e instanceof ConnectException);
    }

    /** Waits until so many more requests have been served, or one has failed. */
    void more(int requests) throws Exception {
        int goal = served.get() + requests;
        Await.until(
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
