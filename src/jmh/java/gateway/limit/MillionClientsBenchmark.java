package gateway.limit;

import gateway.MicroBenchmark;
import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A limit decision with a million clients remembered, five times each, visited in random order: what the caches don't
 * hold. The setup prints what a client takes of the heap. The baseline ({@code nothing}) visits them and decides nothing.
 */
@Fork(
        value = 1,
        jvmArgs = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
public class MillionClientsBenchmark extends MicroBenchmark {
    private static final int CLIENTS = 1_000_000;
    private static final Rate RATE = Rate.parse("5/1s"); // at 200 ns or more a decision, nobody comes too often

    @Param({"nothing", "window"})
    public String limit;

    private final long[] visits = new long[CLIENTS];
    private int next;
    private RateLimit table;

    @Setup
    public void fill() {
        Random random = new Random(1);
        for (int i = 0; i < CLIENTS; i++) { // each client once, in random order
            int other = random.nextInt(i + 1);
            visits[i] = visits[other];
            visits[other] = 0xffff_0a00_0000L + i;
        }
        long before = usedBytes();
        table = LimitBenchmark.make(limit, RATE, CLIENTS);
        for (long client : visits) {
            for (int time = 0; time < RATE.requests(); time++) {
                table.take(new ClientAddress(client));
            }
        }
        System.out.println(
                "# " + table.clients() + " clients, " + (usedBytes() - before) / CLIENTS + " bytes of heap each");
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** The next of a million clients. */
    @Benchmark
    public LimitDecision nextClient() {
        next = next + 1 == CLIENTS ? 0 : next + 1;
        return table.take(new ClientAddress(visits[next]));
    }
}
