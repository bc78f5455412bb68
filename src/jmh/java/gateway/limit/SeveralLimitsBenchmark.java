package gateway.limit;

import gateway.MicroBenchmark;
import gateway.balance.RoundRobin;
import gateway.balance.Selection;
import gateway.client.LimitKey;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.OwnPaths;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What the decision on a request costs by several limits of its route, none of which is ever reached. */
public class SeveralLimitsBenchmark extends MicroBenchmark {
    @Param({
        "1000000/10ms by client",
        "1000000/10ms by client, 1000000/20ms by client",
        "1000000/10ms by client, 1000000/10ms by route",
        "1000000/10ms by client, 1000000/10ms by header:X-API-Key, 1000000/10ms by route",
    })
    public String limits;

    private final HttpFields fields = HttpFields.build().add("Host", "x").add("X-API-Key", "0123456789abcdef");
    private InetAddress peer;
    private RouteLimits route;

    @Setup
    public void make() throws Exception {
        Time time = Time.system();
        peer = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7});
        List<Limit> all = Stream.of(limits.split(", ")).map(Limit::parse).toList();
        Routes routes = new Routes(
                new RouteDefaults(all, Duration.ofSeconds(30), 1).only(),
                new ServiceList(time),
                any -> new Selection(new RoundRobin(new AtomicInteger())),
                new OwnPaths(true),
                request -> false);
        route = Limits.of(routes, LimitStore.MEMORY, 10_000, time).usual();
    }

    /** From the connection's address and the request's fields, as the handler has them. */
    @Benchmark
    public LimitDecision allowed() {
        LimitKey key = route.key(peer, fields);
        return route.limit().take(key);
    }
}
