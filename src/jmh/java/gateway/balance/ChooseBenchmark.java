package gateway.balance;

import gateway.MicroBenchmark;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Pool;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.util.Time;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What choosing a backend costs by each policy, the snapshot of the available ones included; the baseline hands out a
 * fixed one. With "even" all have the same weight.
 */
public class ChooseBenchmark extends MicroBenchmark {
    @Param({"3", "100"})
    public int backends;

    @Param({"true", "false"})
    public boolean even;

    private final WarmUp warmUp = new WarmUp(Duration.ZERO, Time.system());
    private final WarmUp over = new WarmUp(Duration.ofNanos(1), Time.system());
    private final Balancer roundRobin = new RoundRobin(new AtomicInteger());
    private final Balancer slowStart = new SlowStart(roundRobin, over, ThreadLocalRandom::current);
    private final Balancer leastRequests = new LeastRequests(ThreadLocalRandom::current);
    private final Balancer hashOfClient = new ConsistentHash("client", HashKey.client(), warmUp);
    private final Balancer hashOfHeader = new ConsistentHash("header", HashKey.header("X-User"), warmUp);
    private final Sticky sticky = new Sticky(roundRobin, "gateway-x", "/", new byte[] {1});
    private Pool pool;
    private Backend fixed;
    private RequestView request;
    private RequestView bound;

    /** A client without the overhead of a request: a policy's own cost. */
    private record Client(InetAddress client, List<String> cookies) implements RequestView {
        @Override
        public String header(String name) {
            return "user-4711";
        }

        @Override
        public List<String> cookies(String name) {
            return cookies;
        }

        @Override
        public boolean isSecure() {
            return false;
        }
    }

    @Setup
    public void register() throws UnknownHostException {
        ServiceList services = new ServiceList(Time.system());
        pool = services.pool(Service.DEFAULT_ROUTE);
        for (int i = 0; i < backends; i++) {
            ServiceUrl url = ServiceUrl.parse("http://10.0.0.1:" + (8001 + i));
            fixed = services.register(
                            new Service(
                                    Service.DEFAULT_ROUTE,
                                    "service-" + i,
                                    url,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.of(even ? 1 : 1 + i % 5),
                                    Optional.empty()),
                            Who.GATEWAY)
                    .backend();
            services.admit(fixed, "for the benchmark");
        }
        InetAddress address = InetAddress.getByName("192.0.2.7");
        request = new Client(address, List.of());
        bound = new Client(address, List.of(new StickyTokens(new byte[] {1}).of(fixed)));
    }

    @Benchmark
    public Backend nothing() {
        return fixed;
    }

    @Benchmark
    public Backend roundRobin() {
        return roundRobin.choose(pool.snapshot(), request);
    }

    @Benchmark
    public Backend roundRobinWithSlowStartOver() {
        return slowStart.choose(pool.snapshot(), request);
    }

    @Benchmark
    public Backend leastRequests() {
        return leastRequests.choose(pool.snapshot(), request);
    }

    @Benchmark
    public Backend hashOfClient() {
        return hashOfClient.choose(pool.snapshot(), request);
    }

    @Benchmark
    public Backend hashOfHeader() {
        return hashOfHeader.choose(pool.snapshot(), request);
    }

    @Benchmark
    public Backend stickyByCookie() {
        return sticky.belongsTo(pool.snapshot(), bound);
    }

    @Benchmark
    public Backend stickyByAddress() {
        return sticky.choose(pool.snapshot(), request);
    }
}
