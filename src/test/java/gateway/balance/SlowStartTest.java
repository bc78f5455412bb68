package gateway.balance;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.registry.Draining;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlowStartTest {
    private static final int REQUESTS = 3000;
    private static final Duration LENGTH = Duration.ofSeconds(10);

    private static SlowStart slowly(Balancer balancer, Pools pools) {
        Random random = new Random(1);
        return new SlowStart(balancer, new WarmUp(LENGTH, pools.time), () -> random);
    }

    private static SlowStart roundRobin(Pools pools) {
        return slowly(new RoundRobin(new AtomicInteger()), pools);
    }

    static Stream<Named<Function<Pools, Balancer>>> strategies() {
        return Stream.of(Named.of("round robin", SlowStartTest::roundRobin), Named.of("least requests", pools -> {
            Random random = new Random(2);
            return slowly(new LeastRequests(() -> random), pools);
        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    void one_that_comes_gets_its_share_little_by_little_and_the_others_share_the_rest(
            Function<Pools, Balancer> strategy) {
        Pools pools = Pools.of(1, 1);
        pools.time.pass(LENGTH);
        Balancer balancer = strategy.apply(pools);
        pools.healthy("c", 1);
        for (int second = 0; second <= 12; second++) {
            Map<String, Integer> counts = pools.counts(balancer, REQUESTS);
            double due = REQUESTS / 3.0 * Math.min(1, second / 10.0);
            assertEquals(due, counts.get("c"), 100, "after " + second + " s");
            assertEquals((REQUESTS - due) / 2, counts.get("a"), 100);
            pools.time.pass(Duration.ofSeconds(1));
        }
    }

    @Test
    void so_does_one_that_comes_back_whatever_it_comes_back_from() {
        Pools pools = Pools.of(1, 1);
        Balancer balancer = roundRobin(pools);
        for (String from : new String[] {"unhealthy", "drained", "weight 0"}) {
            pools.time.pass(LENGTH);
            assertEquals(Map.of("a", 50, "b", 50), pools.counts(balancer, 100), from);
            switch (from) {
                case "unhealthy" -> {
                    pools.services.eject(pools.get("b"), "test", true, EventKind.UNHEALTHY);
                    pools.services.admit(pools.get("b"), "test");
                }
                case "drained" -> {
                    pools.services.drain(everywhere("b", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
                    pools.services.drain(everywhere("b", Optional.empty()), Draining.NO, Who.GATEWAY);
                }
                default -> {
                    pools.register("b", 0);
                    pools.register("b", 1);
                }
            }
            assertEquals(0, pools.counts(balancer, 100).get("b"), 2, from);
        }
    }

    @Test
    void what_concerns_others_and_other_weights_start_nothing_anew() {
        Pools pools = Pools.of(1, 1);
        pools.time.pass(LENGTH);
        Balancer balancer = roundRobin(pools);
        pools.register("x", 1); // waits for its first check
        pools.register("b", 2);
        assertEquals(Map.of("a", 30, "b", 60), pools.counts(balancer, 90));
    }

    @Test
    void all_that_come_together_get_their_share_at_once() {
        Pools pools = Pools.of(1, 1, 1);
        assertEquals(Map.of("a", 10, "b", 10, "c", 10), pools.counts(roundRobin(pools), 30));
    }

    @Test
    void the_last_one_gets_all() {
        Pools pools = Pools.of(1, 1);
        pools.time.pass(LENGTH);
        Balancer balancer = roundRobin(pools);
        pools.services.eject(pools.get("a"), "test", true, EventKind.UNHEALTHY);
        pools.services.eject(pools.get("b"), "test", true, EventKind.UNHEALTHY);
        pools.services.admit(pools.get("b"), "test");
        assertEquals(Map.of("b", 30), pools.counts(balancer, 30));
    }

    @Test
    void what_is_left_for_a_retry_is_not_passed_over() {
        Pools pools = Pools.of(1, 1);
        pools.time.pass(LENGTH);
        Balancer balancer = roundRobin(pools);
        pools.healthy("c", 1);
        long chosen = Stream.generate(() -> balancer.chooseAgain(pools.available(), Pools.ANYBODY))
                .limit(300)
                .filter(backend -> backend.name().equals("c"))
                .count();
        assertEquals(100, chosen, 5);
    }

    @Test
    void the_clock_may_run_over() {
        Pools pools = new Pools(new FakeTime(Long.MAX_VALUE - LENGTH.toNanos() - LENGTH.toNanos() / 4));
        pools.healthy("a", 1);
        pools.time.pass(LENGTH);
        Balancer balancer = roundRobin(pools);
        pools.healthy("b", 1);
        pools.time.pass(LENGTH.dividedBy(2));
        assertEquals(REQUESTS / 4.0, pools.counts(balancer, REQUESTS).get("b"), 100);
        pools.time.pass(LENGTH);
        assertEquals(REQUESTS / 2, pools.counts(balancer, REQUESTS).get("b"));
    }
}
