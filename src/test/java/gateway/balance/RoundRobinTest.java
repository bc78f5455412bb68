package gateway.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinTest {
    private static RoundRobin balancer() {
        return new RoundRobin(new AtomicInteger());
    }

    @Test
    void each_in_turn_whatever_the_order_of_registration() {
        Pools pools = new Pools();
        List.of("c", "a", "b").forEach(name -> pools.healthy(name, 1));
        assertEquals("a b c a b c a", pools.sequence(balancer(), 7));
    }

    @Test
    void who_is_next_can_be_seen_without_taking_a_turn() {
        Pools pools = Pools.of(1, 1);
        RoundRobin balancer = new RoundRobin(new AtomicInteger(-1));
        assertEquals("b", balancer.next(pools.available()).orElseThrow().name());
        assertEquals("b", balancer.next(pools.available()).orElseThrow().name());
        assertEquals("b a b", pools.sequence(balancer, 3));
    }

    @Test
    void the_index_runs_over_without_a_gap() {
        RoundRobin balancer = new RoundRobin(new AtomicInteger(Integer.MAX_VALUE - 1));
        assertEquals("c d a b c d", Pools.of(1, 1, 1, 1).sequence(balancer, 6));
    }

    @Test
    void who_is_out_gets_nothing_and_the_others_share_evenly_and_the_order_is_as_before_when_it_is_back() {
        Pools pools = Pools.of(1, 1, 1);
        RoundRobin balancer = balancer();
        pools.services.eject(pools.get("b"), "test", true, EventKind.UNHEALTHY);
        assertEquals("a c a c a c", pools.sequence(balancer, 6));
        pools.services.admit(pools.get("b"), "test");
        assertEquals("a b c a b c", pools.sequence(balancer, 6));
    }

    // Weights.

    private static int[] weights(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "5 1 1, a a b a c a a",
        "3 1, a a b a",
        "1 3, b a b b",
        "2 2 1, a b c a b",
        "1 2 3, c b a c b c",
        "10 20 30, c b a c b c", // divided by what they have in common
        "7 7, a b",
        "1 0 1, a c", // 0 drains
        "1000, a",
        "4 1 1 1 1, a b a c d a e a"
    })
    void weights_are_kept_without_bursts_and_from_the_beginning_again(String weights, String order) {
        Pools pools = Pools.of(weights(weights));
        RoundRobin balancer = balancer();
        int length = order.split(" ").length;
        assertEquals(order, pools.sequence(balancer, length));
        assertEquals(order, pools.sequence(balancer, length));
    }

    @Test
    void the_order_is_that_of_the_algorithm_as_it_is_usually_written() {
        Random random = new Random(15);
        for (int round = 0; round < 200; round++) {
            int[] weights = IntStream.range(0, 2 + random.nextInt(12))
                    .map(i -> 1 + random.nextInt(9))
                    .toArray();
            Pools pools = Pools.of(weights);
            int sum = Arrays.stream(weights).sum();
            assertEquals(
                    smooth(weights, 2 * sum),
                    pools.sequence(balancer(), 2 * sum),
                    () -> "weights " + Arrays.toString(weights));
        }
    }

    /** At each turn all gain their weight; the one that has most is chosen and loses the sum. */
    private static String smooth(int[] weights, int turns) {
        int[] gained = new int[weights.length];
        int sum = Arrays.stream(weights).sum();
        List<String> order = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                gained[i] += weights[i];
                best = gained[i] > gained[best] ? i : best;
            }
            gained[best] -= sum;
            order.add(Pools.name(best));
        }
        return String.join(" ", order);
    }

    @Test
    void a_changed_weight_counts_from_the_next_request_on() {
        Pools pools = Pools.of(1, 1);
        RoundRobin balancer = balancer();
        assertEquals("a b a b", pools.sequence(balancer, 4));
        Snapshot before = pools.now();
        pools.register("a", 3);
        assertNotSame(before, pools.now());
        assertEquals("a a b a a a b a", pools.sequence(balancer, 8));
        pools.register("b", 0);
        assertEquals("a a a", pools.sequence(balancer, 3));
        pools.register("b", 3);
        assertEquals(Map.of("a", 3, "b", 3), pools.counts(balancer, 6));
    }

    @ParameterizedTest(name = "{0} services")
    @ValueSource(ints = {2, 3, 20, 1000})
    void large_weights_make_no_long_schedule_and_shares_are_off_by_a_turn_at_most(int services) {
        Random random = new Random(services);
        int[] weights = IntStream.range(0, services)
                .map(i -> random.nextBoolean() ? 1000 - i % 7 : 1 + random.nextInt(1000))
                .toArray();
        Pools pools = Pools.of(weights);
        Schedule schedule = Schedule.of(pools.available());
        assertTrue(schedule.length() <= Schedule.LONGEST + services, "it has " + schedule.length());
        Map<Backend, Integer> turns = new HashMap<>();
        IntStream.range(0, schedule.length()).forEach(turn -> turns.merge(schedule.at(turn), 1, Integer::sum));
        double sum = Arrays.stream(weights).sum();
        boolean exact = sum <= Schedule.LONGEST;
        for (Backend backend : pools.available()) {
            double share = (double) turns.get(backend) / schedule.length();
            double due = backend.weight() / sum;
            double turn = 1.0 / Schedule.LONGEST;
            assertEquals(due, share, exact ? 1e-12 : turn, backend + " of weight " + backend.weight());
        }
    }

    @Test
    void a_schedule_is_kept_as_long_as_the_same_services_have_the_same_weights() {
        Pools pools = Pools.of(1, 2, 3);
        Schedule before = Schedule.of(pools.available());
        List<Backend> again = List.copyOf(new ArrayList<>(pools.available()));
        assertNotSame(again, pools.available());
        assertTrue(before.orOf(again).isOf(again));
        pools.register("a", 2);
        assertEquals(7, before.orOf(pools.available()).length());
        assertSame(pools.get("c"), before.orOf(pools.available()).at(0));
    }

    // What is left after the one whose turn it was couldn't take a request.

    @Test
    void what_one_of_three_cannot_take_is_shared_by_the_other_two() {
        // Chosen with the same index, b got all of it: c's turn and the next turn of two always fell together.
        Pools pools = Pools.of(1, 1, 1);
        RoundRobin balancer = balancer();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            Backend chosen = balancer.choose(pools.now(), Pools.ANYBODY);
            if (chosen.name().equals("c")) {
                List<Backend> left = pools.available().subList(0, 2);
                chosen = balancer.chooseAgain(left, Pools.ANYBODY);
            }
            counts.merge(chosen.name(), 1, Integer::sum);
        }
        assertEquals(1500, counts.get("a"), 3);
        assertEquals(1500, counts.get("b"), 3);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1", "1 1", "1 2 3", "1000 1", "5 5 1 1 1 7"})
    void what_is_left_is_chosen_by_weight(String text) {
        int[] weights = weights(text);
        Pools pools = Pools.of(weights);
        RoundRobin balancer = balancer();
        int sum = Arrays.stream(weights).sum();
        int rounds = 50;
        Map<String, Long> counts = IntStream.range(0, rounds * sum)
                .mapToObj(i ->
                        balancer.chooseAgain(pools.available(), Pools.ANYBODY).name())
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        for (int i = 0; i < weights.length; i++) {
            assertEquals(rounds * weights[i], counts.get(Pools.name(i)), 5, "of " + Pools.name(i));
        }
    }
}
