import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page.WaitForFunctionOptions;
import com.microsoft.playwright.Playwright;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The dashboard in Chromium while requests pass through the gateway, for {@code bench/page.sh}: how much of a processor the
 * page's main thread takes, and how long its longest task is, at each rate. Registers the services, of which each is the
 * same backend, itself.
 *
 * <pre>java -cp (the tests' class path and this) Page port chromium services seconds rate...</pre>
 */
public final class Page {
    private static final int CLIENTS = 20;
    private static final long SETTLE_NANOS = 3_000_000_000L; // after loading, and after each change of the rate

    private Page() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        int services = Integer.parseInt(arguments[2]);
        long nanos = Long.parseLong(arguments[3]) * 1_000_000_000L;
        try (TestBackend backend = TestBackend.doing((request, wire) -> wire.ok("{\"served\":true}"));
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser chromium = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of(arguments[1]))
                                .setArgs(List.of("--no-sandbox", "--disable-gpu")))) {
            for (int i = 0; i < services; i++) {
                register(port, "service-" + i, backend.url());
            }
            com.microsoft.playwright.Page page = chromium.newPage();
            page.setViewportSize(1280, 900);
            page.navigate("http://127.0.0.1:" + port + "/dashboard");
            page.waitForFunction(
                    "services => document.querySelectorAll('[data-backend][data-status=healthy]').length === services",
                    services,
                    new WaitForFunctionOptions().setTimeout(30_000));
            CDPSession devtools = page.context().newCDPSession(page);
            JsonObject cpu = new JsonObject();
            cpu.addProperty("timeDomain", "threadTicks");
            devtools.send("Performance.enable", cpu);
            for (String rate : List.of(arguments).subList(4, arguments.length)) {
                measure(page, devtools, new Traffic(port, Integer.parseInt(rate)), nanos);
            }
        }
    }

    private static void register(int port, String name, String url) throws IOException {
        String body = "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"}";
        try (RawClient client = new RawClient(port)) {
            int status = client.send("POST /services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .answer()
                    .status();
            if (status != 201) {
                throw new IOException("registering a service was answered " + status);
            }
        }
    }

    /** Prints: requests/s, CPU of the main thread %, of its scripts %, its longest task by CPU ms, and by the clock ms. */
    private static void measure(com.microsoft.playwright.Page page, CDPSession devtools, Traffic traffic, long nanos)
            throws Exception {
        try (traffic) {
            pause(page, SETTLE_NANOS);
            Browser chromium = page.context().browser();
            chromium.startTracing(page, new Browser.StartTracingOptions().setCategories(List.of("toplevel")));
            JsonObject before = devtools.send("Performance.getMetrics");
            int answered = traffic.answered.get();
            long start = System.nanoTime();
            pause(page, nanos);
            double seconds = (System.nanoTime() - start) / 1e9;
            long requests = Math.round((traffic.answered.get() - answered) / seconds);
            JsonObject after = devtools.send("Performance.getMetrics");
            List<JsonObject> tasks = tasks(chromium.stopTracing());
            System.out.printf(
                    "%d %.0f %.0f %.0f %.0f%n",
                    requests,
                    100 * (metric(after, "TaskDuration") - metric(before, "TaskDuration")) / seconds,
                    100 * (metric(after, "ScriptDuration") - metric(before, "ScriptDuration")) / seconds,
                    longestMillis(tasks, "tdur"),
                    longestMillis(tasks, "dur"));
        }
    }

    /** The tasks of pages' main threads in a trace. */
    private static List<JsonObject> tasks(byte[] trace) {
        List<JsonObject> events = new ArrayList<>();
        JsonParser.parseString(new String(trace, StandardCharsets.UTF_8))
                .getAsJsonObject()
                .getAsJsonArray("traceEvents")
                .forEach(event -> events.add(event.getAsJsonObject()));
        Set<String> mainThreads = events.stream()
                .filter(event -> text(event, "name").equals("thread_name"))
                .filter(event -> text(event.getAsJsonObject("args"), "name").equals("CrRendererMain"))
                .map(Page::thread)
                .collect(Collectors.toSet());
        return events.stream()
                .filter(event -> text(event, "name").equals("ThreadControllerImpl::RunTask"))
                .filter(event -> mainThreads.contains(thread(event)))
                .toList();
    }

    private static String text(JsonObject object, String member) {
        return object.get(member).getAsString();
    }

    private static String thread(JsonObject event) {
        return text(event, "pid") + "/" + text(event, "tid");
    }

    /** The most of such a duration, which traces have in microseconds; fails if no task has one. */
    private static double longestMillis(List<JsonObject> tasks, String duration) {
        return tasks.stream()
                        .filter(task -> task.has(duration))
                        .mapToDouble(task -> task.get(duration).getAsDouble())
                        .max()
                        .orElseThrow(() -> new IllegalStateException("Chromium traced no " + duration))
                / 1000;
    }

    /** Waits; Playwright's own wait, since its events come in on this thread. */
    private static void pause(com.microsoft.playwright.Page page, long nanos) {
        page.waitForTimeout(nanos / 1e6);
    }

    private static double metric(JsonObject metrics, String name) {
        for (JsonElement each : metrics.getAsJsonArray("metrics")) {
            if (each.getAsJsonObject().get("name").getAsString().equals(name)) {
                return each.getAsJsonObject().get("value").getAsDouble();
            }
        }
        throw new IllegalStateException("Chromium measures no " + name);
    }

    /** So many requests a second at most, each client's on one connection, until it is closed. */
    private static final class Traffic implements AutoCloseable {
        private final AtomicInteger answered = new AtomicInteger();
        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        private final List<Future<?>> clients = new ArrayList<>();
        private volatile boolean over;

        Traffic(int port, int perSecond) {
            for (int i = 0; i < CLIENTS && perSecond > 0; i++) {
                clients.add(threads.submit(() -> {
                    ask(port, 1_000_000_000L * CLIENTS / perSecond);
                    return null;
                }));
            }
        }

        private void ask(int port, long everyNanos) throws IOException {
            try (RawClient client = new RawClient(port)) {
                long next = System.nanoTime();
                for (int i = 0; !over; i++) {
                    int status = client.send("GET /api/orders/" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .answer()
                            .status();
                    if (status != 200) {
                        throw new IOException("answered " + status);
                    }
                    answered.incrementAndGet();
                    next = Math.max(next + everyNanos, System.nanoTime() - everyNanos); // what was missed isn't made up
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
        }

        @Override
        public void close() throws Exception {
            over = true;
            threads.shutdown();
            for (Future<?> client : clients) {
                client.get();
            }
        }
    }
}
