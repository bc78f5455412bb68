package gateway.limit;

import gateway.MicroBenchmark;
import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one limit decision costs. Each benchmark runs twice: with no limit at all ({@code nothing}, the baseline) and
 * with the sliding window.
 */
public class LimitBenchmark extends MicroBenchmark {
    private static final Rate NEVER_REACHED = new Rate(1_000_000, Duration.ofMillis(10));
    private static final Rate SOON_REACHED = new Rate(5, Duration.ofHours(24));

    @Param({"nothing", "window"})
    public String limit;

    private final ClientAddress client = new ClientAddress(1);
    private InetAddress peer;
    private RateLimit generous;
    private RateLimit strict;

    @Setup
    public void fill() throws Exception {
        peer = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7});
        generous = make(limit, NEVER_REACHED, 10_000);
        strict = make(limit, SOON_REACHED, 10_000);
    }

    static RateLimit make(String limit, Rate rate, int maxClients) {
        return limit.equals("nothing") ? new Unlimited() : new SlidingWindow(rate, maxClients, Time.system());
    }

    /** One client that is never refused. */
    @Benchmark
    public LimitDecision allowed() {
        return generous.take(client);
    }

    /** The same, by a caller that looks at the decision and drops it, so that it needn't be allocated. */
    @Benchmark
    public void allowedAndDropped(Blackhole hole) {
        LimitDecision decision = generous.take(client);
        hole.consume(decision.allowed());
        hole.consume(decision.remaining());
        hole.consume(decision.resetNanos());
    }

    /** The same, from the connection's address, as the handler has it. */
    @Benchmark
    public LimitDecision allowedByAddress() {
        return generous.take(ClientAddress.of(peer));
    }

    /** One client that has had its five requests of the day. */
    @Benchmark
    public LimitDecision refused() {
        return strict.take(client);
    }

    /** Two threads, one client: they wait for each other. */
    @Benchmark
    @Threads(2)
    public LimitDecision contendedOneClient() {
        return generous.take(client);
    }

    /** Two threads, each with clients of its own: nobody waits. */
    @Benchmark
    @Threads(2)
    public LimitDecision contendedOwnClients(OwnClients own) {
        return generous.take(own.next());
    }

    /**
     * A thread's own clients in turn. Not just one: two clients whose state the collector happens to have put side by
     * side share a cache line, and two threads that hammer just these take 50 or 400 ns, as chance will have it.
     */
    @State(Scope.Thread)
    public static class OwnClients {
        private static final AtomicInteger THREADS = new AtomicInteger();

        private final ClientAddress[] clients = new ClientAddress[50];
        private int next;

        @Setup
        public void make() {
            int first = 1_000 * THREADS.incrementAndGet();
            Arrays.setAll(clients, i -> new ClientAddress(first + i));
        }

        private ClientAddress next() {
            next = next + 1 == clients.length ? 0 : next + 1;
            return clients[next];
        }
    }
}
