package gateway.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.registry.Backend;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeastRequestsTest {
    private static LeastRequests balancer(long seed) {
        Random random = new Random(seed);
        return new LeastRequests(() -> random);
    }

    /** A request that is under way until a time. */
    private record UnderWay(Backend backend, long until) {}

    /** How many requests each backend answered while as many clients asked again as soon as they had an answer. */
    private static int[] answers(Pools pools, int clients, int requests, long[] millis, long seed) {
        LeastRequests balancer = balancer(seed);
        Random spread = new Random(seed);
        PriorityQueue<UnderWay> underWay = new PriorityQueue<>(Comparator.comparing(UnderWay::until));
        int[] answers = new int[millis.length];
        long now = 0;
        for (int i = 0; i < requests; i++) {
            if (underWay.size() == clients) {
                UnderWay ended = underWay.remove();
                ended.backend.load().finished();
                now = ended.until;
            }
            Backend chosen = balancer.choose(pools.now(), Pools.ANYBODY);
            assertTrue(chosen.load().tryStart());
            int which = pools.available().indexOf(chosen);
            answers[which]++;
            long micros = (long) (millis[which] * 1000 * (0.5 + spread.nextDouble()));
            underWay.add(new UnderWay(chosen, now + micros));
        }
        return answers;
    }

    @ParameterizedTest(name = "run {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void one_of_three_that_is_ten_times_slower_gets_six_percent_at_most(int seed) {
        int[] answers = answers(Pools.of(1, 1, 1), 32, 20_000, new long[] {10, 10, 100}, seed);
        double share = (double) answers[2] / Arrays.stream(answers).sum();
        assertEquals(0.05, share, 0.004); // 1/21 if all had as many under way
        assertEquals(answers[0], answers[1], 500, "the two fast ones share evenly");
    }

    @Test
    void a_weight_is_how_many_requests_may_be_under_way_in_proportion() {
        Pools pools = Pools.of(1, 3);
        int[] answers = answers(pools, 32, 20_000, new long[] {10, 10}, 7);
        assertEquals(3.0, (double) answers[1] / answers[0], 0.1);
    }

    @ParameterizedTest(name = "weights {0}")
    @CsvSource({"1 1 1", "5 1 1", "3 1", "9 1 1 1 1 1 1 1 1 1", "1"})
    void an_idle_pool_is_used_by_weight(String text) {
        int[] weights =
                Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
        int each = 20_000 / Arrays.stream(weights).sum();
        int requests = each * Arrays.stream(weights).sum();
        Map<String, Integer> counts = Pools.of(weights).counts(balancer(1), requests);
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i] * each, counts.get(Pools.name(i)), 0.02 * requests, "of " + Pools.name(i));
        }
    }

    @Test
    void of_two_the_one_with_more_under_way_gets_nothing() {
        Pools pools = Pools.of(1, 1);
        assertTrue(pools.get("a").load().tryStart());
        assertEquals(Map.of("a", 0, "b", 100), pools.counts(balancer(1), 100));
    }

    @Test
    void an_open_web_socket_counts() {
        Pools pools = Pools.of(1, 1);
        assertTrue(pools.get("b").load().tryStart());
        pools.get("b").load().switched();
        assertEquals(Map.of("a", 100, "b", 0), pools.counts(balancer(1), 100));
    }

    @Test
    void two_different_ones_are_compared_so_the_worst_of_any_number_gets_nothing() {
        for (int services : new int[] {2, 3, 10}) {
            for (int[] weights : new int[][] {ones(services), upTo(services)}) {
                Pools pools = Pools.of(weights);
                IntStream.range(0, 50).forEach(i -> pools.get("a").load().tryStart());
                assertEquals(0, pools.counts(balancer(3), 2000).get("a"), Arrays.toString(weights));
            }
        }
    }

    private static int[] ones(int services) {
        return IntStream.range(0, services).map(i -> 1).toArray();
    }

    private static int[] upTo(int services) {
        return IntStream.rangeClosed(1, services).toArray();
    }

    @Test
    void a_weight_that_becomes_0_while_a_list_is_in_use_breaks_nothing() {
        Pools pools = Pools.of(2, 1);
        var list = pools.available();
        pools.register("a", 0);
        pools.register("b", 0);
        LeastRequests balancer = balancer(1);
        for (int i = 0; i < 1000; i++) {
            assertTrue(list.contains(balancer.choose(list, Pools.ANYBODY)));
        }
    }
}
