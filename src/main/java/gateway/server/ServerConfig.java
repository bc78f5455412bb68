package gateway.server;

import gateway.http.PathPrefix;
import gateway.settings.Bounds;
import gateway.settings.Settings;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.ServletEntry;
import io.javalin.http.servlet.TaskInitializer;
import java.util.function.IntConsumer;
import kotlin.LazyKt;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** How Javalin is set up for a gateway. */
public final class ServerConfig {
    private static final int MIN_THREADS = 8;

    /** Beside those that carry requests to services: for the gateway's own answers, and those that wait a moment. */
    private static final int SPARE_THREADS = 256;

    private static final int UNLIMITED = 0;

    private ServerConfig() {}

    /** Sets up all that isn't a route. */
    public static void configure(JavalinConfig config, Settings settings) {
        config.startup.showJavalinBanner = false;
        // Virtual threads where Java has them; else enough that clients who stall leave some for others.
        config.concurrency.useVirtualThreads = true;
        config.jetty.threadPool = threadPool(settings.bounds());
        config.http.prefer405over404 = true;
        config.jetty.host = settings.host();
        config.jetty.port = settings.port();
        sharePorts(config, settings.reusePort());
        Errors.install(config);
        // Without Javalin's WebSockets, which would answer 404: an upgrade that isn't taken is an ordinary request.
        config.unsafe.servlet = LazyKt.lazy(() -> new ServletEntry(null, new JavalinServlet(config.unsafe)));
    }

    /** Says that below this there are no routes, so that none is looked for: that is a regular expression each. */
    public static void noRoutesBelow(JavalinConfig config, PathPrefix prefix) {
        TaskInitializer<JavalinServletContext> routes = DefaultTasks.INSTANCE.getHTTP();
        config.unsafe.servletRequestLifecycle.replaceAll(tasks -> tasks != routes
                ? tasks
                : (submit, servlet, ctx, path) -> {
                    if (!prefix.covers(path)) {
                        routes.createTasks(submit, servlet, ctx, path);
                    }
                });
    }

    /** Tells the port once the gateway listens, and before anybody can know of it. */
    public static void whenListening(JavalinConfig config, IntConsumer port) {
        config.jetty.modifyServer(server -> server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                port.accept(((ServerConnector) server.getConnectors()[0]).getLocalPort());
            }
        }));
    }

    /** Whether other gateways, of the same user, may listen on the same ports at the same time (SO_REUSEPORT). */
    private static void sharePorts(JavalinConfig config, boolean shared) {
        config.jetty.modifyServer(server -> server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) { // all connectors are known now, and none listens yet
                for (Connector connector : server.getConnectors()) {
                    ((ServerConnector) connector).setReusePort(shared);
                }
            }
        }));
    }

    /** Jetty's own pools; of Javalin's for virtual threads Jetty doesn't know that they are, and treats them as scarce. */
    private static ThreadPool threadPool(Bounds bounds) {
        if (VirtualThreads.areSupported()) {
            VirtualThreadPool threads = new VirtualThreadPool(UNLIMITED);
            threads.setName(null); // a name for each request's thread would have to be made
            return threads;
        }
        QueuedThreadPool threads =
                new QueuedThreadPool(bounds.inFlight() + bounds.viewers() + SPARE_THREADS, MIN_THREADS);
        threads.setName("gateway");
        return threads;
    }

    /** Routes GET, and HEAD with it, which Javalin would else answer without asking the handler. */
    public static void get(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }
}
