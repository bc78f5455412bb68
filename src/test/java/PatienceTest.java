import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over TLS, by HTTP/1.1 and HTTP/2: a client's time runs out while it is waited for, and not while its service is. */
class PatienceTest {
    private static final CountDownLatch FREED = new CountDownLatch(1);

    private static TestBackend backend;
    private static TestGateway gateway;
    private static TestCa ca;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        ca = new TestCa("Test CA");
        Map<String, String> settings = new HashMap<>(ca.issue("localhost").writeTo(folder));
        settings.put("GATEWAY_IDLE_TIMEOUT", "1s");
        settings.put("GATEWAY_BODY_TIMEOUT", "200ms");
        backend = TestBackend.doing(PatienceTest::answer);
        gateway = TestGateway.with(settings, backend);
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        backend.close();
    }

    private static void answer(TestBackend.Received request, TestBackend.Wire wire) throws Exception {
        switch (request.target()) {
            case "/silent" -> {
                silence();
                wire.ok("at last");
            }
            case "/halting" -> {
                wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
                silence();
                wire.send("3\r\ntwo\r\n0\r\n\r\n");
            }
            case "/endless" -> {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                wire.send(new byte[10]);
                silence();
                wire.sendUntilFreed(FREED);
            }
            default -> wire.ok("fine");
        }
    }

    /**
     * Two and a half times as long as a client may be: at a whole multiple, the end of the silence would fall into the
     * moment in which Jetty's idle timeout expires, and be taken for the client's.
     */
    private static void silence() {
        long end = System.nanoTime() + 2_500_000_000L;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static HttpClient client(Version version) throws Exception {
        return HttpClient.newBuilder().version(version).sslContext(ca.client()).build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + path));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void a_client_that_waits_for_a_silent_service_is_not_idle(Version version) throws Exception {
        HttpResponse<String> answer =
                client(version).send(request("/api/silent").build(), BodyHandlers.ofString());
        assertEquals("at last", answer.body());
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void nor_is_one_whose_answer_halts(Version version) throws Exception {
        HttpResponse<String> answer =
                client(version).send(request("/api/halting").build(), BodyHandlers.ofString());
        assertEquals("onetwo", answer.body());
    }

    @Test
    void a_client_that_takes_nothing_after_that_is_let_go_and_so_is_the_service() throws Exception {
        HttpResponse<InputStream> answer =
                client(Version.HTTP_2).send(request("/api/endless").build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            assertEquals(10, body.readNBytes(10).length); // and no more
            assertTrue(FREED.await(30, TimeUnit.SECONDS));
            assertThrows(IOException.class, () -> body.skipNBytes(1_000_000_000));
        }
    }

    /** The answer can't be asserted by this client, which may read the body with the thread that the answer needs. */
    @Test
    void a_body_that_stops_is_ended_in_http2_too() throws Exception {
        HttpClient client = client(Version.HTTP_2);
        assertEquals(
                200,
                client.send(request("/health").build(), BodyHandlers.ofString()).statusCode());
        try (PipedOutputStream open = new PipedOutputStream();
                PipedInputStream body = new PipedInputStream(open)) {
            open.write(1);
            HttpRequest stalls = request("/api/x")
                    .POST(BodyPublishers.ofInputStream(() -> body))
                    .build();
            new Thread(() -> client.sendAsync(stalls, BodyHandlers.discarding()), "sender").start();
            HttpClient other = client(Version.HTTP_1_1);
            HttpRequest metrics = request("/metrics").build();
            Await.until(
                    "its end",
                    () -> other.send(metrics, BodyHandlers.ofString())
                            .body()
                            .contains("gateway_problems_total{type=\"request-timeout\"} 1.0"));
        }
    }
}
