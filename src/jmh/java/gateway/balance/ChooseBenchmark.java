package gateway.balance;

import gateway.MicroBenchmark;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.util.Time;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What choosing a backend costs, the snapshot of the available ones included; the baseline hands out a fixed one. */
public class ChooseBenchmark extends MicroBenchmark {
    @Param({"3", "300"})
    public int backends;

    private final ServiceList services = new ServiceList(Time.system());
    private final Balancer balancer = new RoundRobin(new AtomicInteger());
    private Backend fixed;

    @Setup
    public void register() {
        for (int i = 0; i < backends; i++) {
            ServiceUrl url = ServiceUrl.parse("http://10.0.0.1:" + (8001 + i));
            fixed = services.register(new Service("service-" + i, url, Optional.empty()))
                    .backend();
            services.admit(fixed, "for the benchmark");
        }
    }

    @Benchmark
    public Backend nothing() {
        return fixed;
    }

    @Benchmark
    public Backend roundRobin() {
        return balancer.choose(services.available(), null);
    }
}
