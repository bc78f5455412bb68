package gateway.admin;

import gateway.Settings;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.ServletEntry;
import io.javalin.util.ConcurrencyUtil;
import kotlin.LazyKt;

/** How Javalin is set up for a gateway. */
public final class Server {
    private static final int MIN_THREADS = 8;
    private static final int MAX_THREADS = 1000;

    private Server() {}

    /** Sets up all that isn't a route. */
    public static void configure(JavalinConfig config, Settings settings) {
        config.startup.showJavalinBanner = false;
        // Virtual threads where Java has them; else enough that clients who stall leave some for others.
        config.concurrency.useVirtualThreads = true;
        config.jetty.threadPool = ConcurrencyUtil.jettyThreadPool("gateway", MIN_THREADS, MAX_THREADS, true);
        config.http.prefer405over404 = true;
        config.jetty.host = settings.host();
        config.jetty.port = settings.port();
        Errors.install(config);
        // Without Javalin's WebSockets, which would answer 404: an upgrade that isn't taken is an ordinary request.
        config.unsafe.servlet = LazyKt.lazy(() -> new ServletEntry(null, new JavalinServlet(config.unsafe)));
    }

    /** Routes GET, and HEAD with it, which Javalin would else answer without asking the handler. */
    public static void get(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }
}
