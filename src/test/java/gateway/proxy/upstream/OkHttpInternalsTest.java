package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ChannelSelector;
import gateway.net.Networks;
import gateway.net.ServiceAddresses;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What the gateway relies on beyond OkHttp's public interface. If an upgrade breaks this, read the named class. */
@Isolated("it looks at all threads")
class OkHttpInternalsTest {
    /** If OkHttp called one of its interceptors otherwise, or closed the connection, no request could be sent. */
    @Test
    void a_connection_is_taken_before_anything_is_sent_and_stays_open() throws Exception {
        try (ServerSocket listening = new ServerSocket(0)) {
            OkHttpClient prototype = new OkHttpClient.Builder()
                    .retryOnConnectionFailure(false)
                    .fastFallback(false)
                    .build();
            Opening opening = new Opening(prototype, new ServiceAddresses(Networks.NONE), null);
            opening.open(HttpUrl.get("http://localhost:" + listening.getLocalPort()), new Uncancelled());
            try (Socket backend = listening.accept()) {
                opening.socket().getOutputStream().write('x');
                assertEquals('x', backend.getInputStream().read());
                assertTrue(opening.raw().isQuiet());
                backend.getOutputStream().write('y');
                assertEquals('y', opening.socket().getInputStream().read());
                opening.raw().closeNow();
                assertEquals(-1, backend.getInputStream().read());
            }
        }
    }

    private static final class Uncancelled implements WatchedExchange {
        @Override
        public ChannelSelector selector() {
            return null;
        }

        @Override
        public void cancelledBy(Runnable step) {}

        @Override
        public void waitForBackend() {}

        @Override
        public void checkDeadlines(long now, long resumedAt) {}

        @Override
        public void abandon() {}
    }

    @Test
    void a_quiet_pool_keeps_its_connection_and_starts_no_thread() throws Exception {
        try (gateway.testing.TestBackend backend = gateway.testing.TestBackend.named("a")) {
            ConnectionPool pool = QuietConnectionPool.ofOne();
            OkHttpClient client = new OkHttpClient.Builder()
                    .connectionPool(pool)
                    .fastFallback(false)
                    .build();
            Set<String> before = taskRunners();
            for (int i = 0; i < 3; i++) {
                Request request = new Request.Builder().url(backend.url() + "/").build();
                try (Response response = client.newCall(request).execute()) {
                    assertEquals("{\"service\":\"a\"}", response.body().string());
                }
                assertEquals(1, pool.idleConnectionCount());
            }
            assertEquals(1, backend.connections());
            assertEquals(before, taskRunners());
            pool.evictAll();
            assertEquals(0, pool.connectionCount());
        }
    }

    private static Set<String> taskRunners() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("TaskRunner") || name.contains("ConnectionPool"))
                .collect(Collectors.toSet());
    }
}
