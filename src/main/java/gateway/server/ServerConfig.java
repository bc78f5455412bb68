package gateway.server;

import static org.eclipse.jetty.http.UriCompliance.Violation.ILLEGAL_PATH_CHARACTERS;

import gateway.http.Tracing;
import gateway.lifecycle.RequestsUnderWay;
import gateway.net.ChannelSelector;
import gateway.settings.Bounds;
import gateway.settings.Settings;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.ServletEntry;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import kotlin.LazyKt;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** Javalin's and Jetty's configuration for the gateway: threads, errors, ports, routing. */
public final class ServerConfig {
    private static final int MIN_THREADS = 8;

    /**
     * How many threads there are beside those for requests to services: for the gateway's own answers, and for refusals
     * that pause.
     */
    private static final int SPARE_THREADS = 256;

    private static final int UNLIMITED = 0;

    private ServerConfig() {}

    /**
     * Configures all but the connectors and the routes.
     *
     * @param tracing opens the records of requests that no handler gets
     */
    public static void configure(JavalinConfig config, Settings settings, Tracing tracing) {
        config.startup.showJavalinBanner = false;
        // Virtual threads if Java has them; else enough platform threads that stalling clients can't occupy all
        config.concurrency.useVirtualThreads = true;
        config.jetty.threadPool = threadPool(settings.bounds());
        config.http.prefer405over404 = true;
        config.jetty.host = settings.host();
        config.jetty.port = settings.port();
        config.jetty.modifyHttpConfiguration(ServerConfig::readStrictly);
        sharePorts(config, settings.reusePort());
        config.jetty.modifyServer(RequestsUnderWay::of);
        Errors.install(config, tracing);
        // Without Javalin's WebSockets, which answer 404 to an upgrade without a WebSocket route
        config.unsafe.servlet = LazyKt.lazy(() -> new ServletEntry(null, new JavalinServlet(config.unsafe)));
    }

    /**
     * Configures how requests are read: lines end with CR and LF (RFC 9112, 2.2: anything else could be read in two
     * ways), and a path may have any character, since browsers send more than RFC 3986 allows; admission control
     * refuses those that matter.
     */
    static void readStrictly(HttpConfiguration http) {
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.LEGACY.with("any path", ILLEGAL_PATH_CHARACTERS));
    }

    /**
     * Has the handler get each request before Javalin: its servlet layer costs some microseconds a request. It comes
     * within what counts the requests under way, for which a drain waits.
     */
    public static void handleBefore(JavalinConfig config, Handler.Singleton handler) {
        config.jetty.modifyServer(
                server -> server.getDescendant(RequestsUnderWay.class).insertHandler(handler));
    }

    /**
     * Has Javalin look only once for what handles a request: each look costs a regular expression for each route.
     * Nothing is registered for what comes just before and after a route.
     */
    static void routeOnce(JavalinConfig config) {
        config.unsafe.servletRequestLifecycle.removeAll(
                List.of(DefaultTasks.INSTANCE.getBEFORE_MATCHED(), DefaultTasks.INSTANCE.getAFTER_MATCHED()));
    }

    /** Runs the step with a selector of the main port, if its selectors take other channels, before it reads a request. */
    static void whenSelecting(JavalinConfig config, Consumer<ChannelSelector> step) {
        config.jetty.modifyServer(server -> server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) { // all connectors are known by now
                SelectorManager selectors = ((ServerConnector) server.getConnectors()[0]).getSelectorManager();
                selectors.addEventListener(new LifeCycle.Listener() {
                    @Override
                    public void lifeCycleStarted(LifeCycle started) { // and none is accepted before
                        selectors.getBeans(YieldingSelector.class).stream()
                                .findFirst()
                                .ifPresent(step);
                    }
                });
            }
        }));
    }

    /** Runs the step with the main port once the server listens, before the start is reported anywhere. */
    public static void whenListening(JavalinConfig config, IntConsumer step) {
        config.jetty.modifyServer(server -> server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                step.accept(((ServerConnector) server.getConnectors()[0]).getLocalPort());
            }
        }));
    }

    /** Sets whether other gateways of the same user may listen on the same ports at the same time (SO_REUSEPORT). */
    private static void sharePorts(JavalinConfig config, boolean shared) {
        config.jetty.modifyServer(server -> server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) { // all connectors are known by now, and none listens yet
                for (Connector connector : server.getConnectors()) {
                    ((ServerConnector) connector).setReusePort(shared);
                }
            }
        }));
    }

    /**
     * Returns one of Jetty's own pools, because Jetty doesn't recognise Javalin's virtual threads, and would treat them
     * as scarce.
     */
    private static ThreadPool threadPool(Bounds bounds) {
        if (VirtualThreads.areSupported()) {
            VirtualThreadPool threads = new VirtualThreadPool(UNLIMITED);
            threads.setName(null); // else each request would cost a new thread name
            return threads;
        }
        QueuedThreadPool threads =
                new QueuedThreadPool(bounds.inFlight() + bounds.viewers() + SPARE_THREADS, MIN_THREADS);
        threads.setName("gateway");
        return threads;
    }

    /** Routes GET and HEAD to the handler. By default Javalin answers HEAD without calling it. */
    public static void get(RoutesConfig routes, String path, io.javalin.http.Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }
}
