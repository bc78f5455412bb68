import io.javalin.Javalin;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * A gateway as one would write it at first: Javalin, one OkHttpClient, a deque per address, bodies in memory. A baseline
 * for {@code compare.sh}, which starts it with a port and the backends' URLs; not for use.
 */
public class Plain {
    private static final int LIMIT = 1_000_000;
    private static final long WINDOW_MILLIS = 1000;

    public static void main(String[] arguments) {
        List<String> backends = List.of(arguments).subList(1, arguments.length);
        Map<String, ArrayDeque<Long>> windows = new ConcurrentHashMap<>();
        AtomicInteger index = new AtomicInteger();
        OkHttpClient client = new OkHttpClient();
        Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.concurrency.useVirtualThreads = true;
                    config.jetty.host = "127.0.0.1";
                    config.routes.before("/api/*", ctx -> {
                        ArrayDeque<Long> times = windows.computeIfAbsent(ctx.ip(), any -> new ArrayDeque<>());
                        synchronized (times) {
                            long now = System.currentTimeMillis();
                            while (!times.isEmpty() && times.peekFirst() <= now - WINDOW_MILLIS) {
                                times.pollFirst();
                            }
                            if (times.size() >= LIMIT) {
                                ctx.status(429).skipRemainingHandlers();
                                return;
                            }
                            times.addLast(now);
                        }
                    });
                    config.routes.get("/api/<path>", ctx -> forward(ctx, client, next(backends, index)));
                    config.routes.post("/api/<path>", ctx -> forward(ctx, client, next(backends, index)));
                })
                .start(Integer.parseInt(arguments[0]));
    }

    private static String next(List<String> backends, AtomicInteger index) {
        return backends.get(Math.floorMod(index.getAndIncrement(), backends.size()));
    }

    private static void forward(io.javalin.http.Context ctx, OkHttpClient client, String backend) throws Exception {
        Request.Builder request = new Request.Builder().url(backend + "/" + ctx.pathParam("path"));
        ctx.headerMap().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase("Content-Length")) {
                request.header(name, value);
            }
        });
        request.header("X-Forwarded-For", ctx.ip());
        request.method(
                ctx.method().name(), ctx.method().name().equals("GET") ? null : RequestBody.create(ctx.bodyAsBytes()));
        try (Response answer = client.newCall(request.build()).execute()) {
            ctx.status(answer.code());
            answer.headers().forEach(header -> {
                if (!header.getFirst().equalsIgnoreCase("Transfer-Encoding")
                        && !header.getFirst().equalsIgnoreCase("Content-Length")) {
                    ctx.header(header.getFirst(), header.getSecond());
                }
            });
            ctx.header("X-Backend-Service", backend);
            ctx.result(answer.body().bytes());
        }
    }
}
