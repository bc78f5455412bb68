package gateway.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gateway.net.ServiceUrl;
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
    @Test
    void raw_urls_keep_path_and_query_byte_for_byte() {
        RawUrl backend = new RawUrl(ServiceUrl.parse("http://localhost:8001/base"));
        HttpUrl url = backend.with("/a%2Fb/../%zz;v=1|{}", "x=%zz&y='\"<>[]+ ");
        assertEquals("/base/a%2Fb/../%zz;v=1|{}", url.encodedPath());
        assertEquals("x=%zz&y='\"<>[]+ ", url.encodedQuery());
        assertEquals("localhost", url.host());
        assertEquals(8001, url.port());
        assertEquals("http", url.scheme());
        assertEquals("", backend.with("/", "").encodedQuery());
        assertNull(backend.with("/", null).encodedQuery());
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
