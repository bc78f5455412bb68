package gateway.trace;

import gateway.MicroBenchmark;
import gateway.events.Who;
import gateway.metrics.Metrics;
import gateway.net.ServiceUrl;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.OwnPaths;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.route.Selections;
import gateway.settings.Settings;
import gateway.util.Time;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** What those who hear of a request's end cost its thread, and what writing its line costs the log's own. */
public class EndedBenchmark extends MicroBenchmark {
    private static final int AT_ONCE = 4096;

    private final Metrics metrics = new Metrics();
    private final TextLine text = new TextLine();
    private final JsonLine json = new JsonLine();
    private Trace trace;

    @Setup
    public void make() {
        Routes routes = new Routes(
                RouteDefaults.of(Settings.from(Map.of())).only(),
                new ServiceList(Time.system()),
                new Selections(new AtomicInteger(), Optional.empty(), Time.system()),
                new OwnPaths(true),
                request -> false);
        metrics.count(routes);
        Service service = new Service("service-a", ServiceUrl.parse("http://localhost:8001"), Optional.empty());
        trace = new Trace(
                Time.system().now(),
                0,
                InetAddress.getLoopbackAddress(),
                "GET",
                "/api/data",
                "44ae81ac0b376e33e5198fb5e8349844",
                new TraceContext("00-44ae81ac0b376e33e5198fb5e8349844-00f067aa0ba902b7-01", true),
                routes.table().get(RouteConfig.DEFAULT));
        trace.add(new Attempt(
                new ServiceList(Time.system()).register(service, Who.GATEWAY).backend(), 0, 1, true, 200, null, null));
        trace.end(3_210_000, 200, 210);
    }

    @Benchmark
    public void counted() {
        metrics.accept(trace);
    }

    @Benchmark
    @Threads(2)
    public void countedByTwo() {
        metrics.accept(trace);
    }

    /** Given to the log, which has room: the fewer at once, the more of them wake its thread. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public void given(Room room) {
        for (int i = 0; i < AT_ONCE; i++) {
            room.log.accept(trace);
        }
    }

    /** A log that has written all it was given before. */
    @State(Scope.Benchmark)
    public static class Room {
        private final AtomicLong written = new AtomicLong();
        private long given;
        private AccessLog log;

        @Setup
        public void start() {
            log = new AccessLog(trace -> "", line -> written.lazySet(written.get() + 1));
            log.start();
        }

        @Setup(Level.Invocation)
        public void await() {
            while (written.get() + log.dropped() < given) {
                Thread.onSpinWait();
            }
            given += AT_ONCE;
        }
    }

    @Benchmark
    public String text() {
        return text.apply(trace);
    }

    @Benchmark
    public String json() {
        return json.apply(trace);
    }
}
