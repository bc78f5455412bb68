package gateway.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTES = 10;

    /** Ten minutes of it, from this time on, each request sent when it is due. */
    private static List<Plan.Request> asks(long seed, long start) {
        Plan plan = new Plan(new SplittableRandom(seed), start);
        List<Plan.Request> asks = new ArrayList<>();
        for (long now = start;
                now - start < MINUTES * 60 * SECOND;
                now = asks.get(asks.size() - 1).at()) {
            asks.add(plan.next(now));
        }
        return asks;
    }

    /** The most requests within so many seconds. */
    private static int most(List<Plan.Request> asks, int seconds) {
        int most = 0;
        for (int first = 0, last = 0; last < asks.size(); last++) {
            while (asks.get(last).at() - asks.get(first).at() >= seconds * SECOND) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    private static Map<String, List<Plan.Request>> byAddress(List<Plan.Request> asks) {
        return asks.stream().collect(Collectors.groupingBy(Plan.Request::from, TreeMap::new, Collectors.toList()));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void it_is_three_to_five_requests_a_second_and_never_more_than_ten(long seed) {
        List<Plan.Request> asks = asks(seed, 0);
        double mean = asks.size() / (MINUTES * 60.0);
        assertTrue(mean > 3 && mean < 5, "" + mean);
        assertTrue(most(asks, 1) <= 10, "" + most(asks, 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void most_addresses_never_meet_the_limit_and_a_few_soon_do(long seed) {
        Map<String, List<Plan.Request>> byAddress = byAddress(asks(seed, 0));
        assertEquals(40, byAddress.size());
        assertTrue(byAddress.keySet().stream().allMatch(address -> address.startsWith("127.0.1.")));
        byAddress.values().removeIf(asks -> most(asks, 60) <= 5);
        assertEquals(List.of("127.0.1.38", "127.0.1.39", "127.0.1.40"), List.copyOf(byAddress.keySet()));
        byAddress.values().forEach(asks -> assertTrue(most(asks, 20) > 5, "limited within 20 s"));
    }

    @Test
    void it_asks_for_data_and_info_and_posts_some() {
        Map<String, Long> kinds = asks(1, 0).stream()
                .collect(Collectors.groupingBy(
                        ask -> ask.method() + " " + ask.path(), TreeMap::new, Collectors.counting()));
        assertEquals(List.of("GET /api/data", "GET /api/info", "POST /api/data"), List.copyOf(kinds.keySet()));
        assertTrue(asks(1, 0).stream()
                .allMatch(ask ->
                        ask.body().equals(ask.method().equals("POST") ? "{\"from\":\"" + ask.from() + "\"}" : "")));
    }

    @Test
    void after_the_machine_has_slept_it_catches_nothing_up() {
        Plan plan = new Plan(new SplittableRandom(1), 0);
        long woken = 3600 * SECOND;
        List<Plan.Request> asks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asks.add(plan.next(woken));
        }
        assertTrue(asks.stream().allMatch(ask -> ask.at() >= woken));
        assertTrue(most(asks, 1) <= 10, "" + most(asks, 1));
    }

    @Test
    void the_clocks_overflow_changes_nothing() {
        long start = Long.MAX_VALUE - 60 * SECOND;
        List<Plan.Request> ordinary = asks(1, 0);
        List<Plan.Request> overflowing = asks(1, start);
        assertEquals(ordinary.size(), overflowing.size());
        for (int i = 0; i < ordinary.size(); i++) {
            assertEquals(ordinary.get(i).at(), overflowing.get(i).at() - start);
        }
    }
}
