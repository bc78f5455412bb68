package gateway.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.registry.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsistentHashTest {
    private static final int KEYS = 600;

    private static ConsistentHash byUser(Pools pools) {
        return new ConsistentHash("test", HashKey.header("X-User"), new WarmUp(Duration.ZERO, pools.time));
    }

    private static ConsistentHash byClient(Pools pools) {
        return new ConsistentHash("test", HashKey.client(), new WarmUp(Duration.ZERO, pools.time));
    }

    /** Where 600 users are sent, by name. */
    private static Map<Integer, String> homes(Pools pools, Balancer balancer) {
        Map<Integer, String> homes = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            homes.put(i, balancer.choose(pools.now(), user(i)).name());
        }
        return homes;
    }

    private static RequestView user(int i) {
        return Pools.ANYBODY.with("X-User", "user-" + i);
    }

    private static long of(String name, Map<Integer, String> homes) {
        return homes.values().stream().filter(name::equals).count();
    }

    @ParameterizedTest(name = "{0} of three")
    @CsvSource({"a", "b", "c"})
    void one_that_goes_moves_only_its_own_keys_and_has_them_again_when_it_is_back(String gone) {
        Pools pools = Pools.of(1, 1, 1);
        ConsistentHash balancer = byUser(pools);
        Map<Integer, String> before = homes(pools, balancer);
        pools.services.eject(pools.get(gone), "test", true, EventKind.UNHEALTHY);
        Map<Integer, String> without = homes(pools, balancer);
        for (int i = 0; i < KEYS; i++) {
            if (!before.get(i).equals(gone)) {
                assertEquals(before.get(i), without.get(i), "user " + i);
            }
        }
        long moved = of(gone, before);
        assertTrue(moved <= KEYS / 3 * 1.1, moved + " keys moved");
        for (String other : Set.of("a", "b", "c")) {
            if (!other.equals(gone)) {
                assertEquals(moved / 2.0, of(other, without) - of(other, before), 30, "its keys spread evenly");
            }
        }
        pools.services.admit(pools.get(gone), "test");
        assertEquals(before, homes(pools, balancer));
    }

    @Test
    void one_that_comes_takes_its_share_and_moves_nothing_between_the_others() {
        Pools pools = Pools.of(1, 1, 1);
        ConsistentHash balancer = byUser(pools);
        Map<Integer, String> before = homes(pools, balancer);
        pools.healthy("d", 1);
        Map<Integer, String> after = homes(pools, balancer);
        for (int i = 0; i < KEYS; i++) {
            assertTrue(after.get(i).equals("d") || after.get(i).equals(before.get(i)), "user " + i);
        }
        assertEquals(KEYS / 4, of("d", after), 30);
    }

    @Test
    void every_gateway_finds_the_same_one() {
        Pools one = Pools.of(1, 1, 1);
        Pools other = new Pools();
        List.of("c", "a", "b").forEach(name -> other.healthy(name, 1));
        assertEquals(homes(one, byUser(one)), homes(other, byUser(other)));
    }

    @Test
    void keys_are_spread_by_weight_and_a_greater_weight_takes_keys_and_moves_none_between_the_others() {
        Pools pools = Pools.of(1, 2, 3);
        ConsistentHash balancer = byUser(pools);
        Map<Integer, String> before = homes(pools, balancer);
        assertEquals(KEYS / 6, of("a", before), 30);
        assertEquals(KEYS / 3, of("b", before), 35);
        assertEquals(KEYS / 2, of("c", before), 35);
        pools.register("a", 6);
        Map<Integer, String> after = homes(pools, balancer);
        for (int i = 0; i < KEYS; i++) {
            assertTrue(after.get(i).equals("a") || after.get(i).equals(before.get(i)), "user " + i);
        }
        assertEquals(KEYS * 6 / 11, of("a", after), 35);
    }

    @ParameterizedTest(name = "{0} and {1}: the same client: {2}")
    @CsvSource({
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, ::ffff:192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false", // some hashes take a whole /24 for one
        "2001:db8:0:1::1, 2001:db8:0:1:ffff::2, true", // one subscriber's /64
        "2001:db8:0:1::1, 2001:db8:0:2::1, false"
    })
    void a_client_is_known_by_its_ipv4_address_or_its_ipv6_network(String one, String other, boolean same) {
        HashKey key = HashKey.client();
        assertEquals(same, key.of(Pools.from(one)) == key.of(Pools.from(other)));
    }

    @Test
    void neighbouring_addresses_spread() {
        Pools pools = Pools.of(1, 1, 1);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 240; i++) {
            counts.merge(
                    byClient(pools)
                            .choose(pools.now(), Pools.from("127.0.0." + i))
                            .name(),
                    1,
                    Integer::sum);
        }
        counts.values().forEach(count -> assertEquals(80, count, 25));
    }

    @Test
    void a_request_without_the_header_or_with_an_empty_one_goes_by_its_client() {
        HashKey key = HashKey.header("X-User");
        long client = HashKey.client().of(Pools.ANYBODY);
        assertEquals(client, key.of(Pools.ANYBODY));
        assertEquals(client, key.of(Pools.ANYBODY.with("X-User", "")));
        assertNotEquals(client, key.of(Pools.ANYBODY.with("X-User", "anna")));
        assertNotEquals(key.of(Pools.from("192.0.2.8")), key.of(Pools.from("192.0.2.9")));
    }

    @Test
    void services_whose_texts_have_the_same_hash_code_each_get_their_keys() {
        Pools pools = new Pools();
        assertEquals("an".hashCode(), "c0".hashCode());
        pools.healthy("an", 1);
        pools.healthy("c0", 1);
        assertEquals(KEYS / 2, of("an", homes(pools, byUser(pools))), 40);
    }

    // The bound of the load.

    private static List<Backend> begin(Pools pools, Balancer balancer, RequestView request, int requests) {
        List<Backend> begun = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Backend backend = balancer.choose(pools.now(), request);
            assertTrue(backend.load().tryStart());
            begun.add(backend);
        }
        return begun;
    }

    @ParameterizedTest(name = "{0} requests of one key at {1} services: at most {2}")
    @CsvSource({"300, 3, 126", "30, 3, 13", "1000, 10, 126", "40, 2, 26", "60, 1, 60"})
    void one_key_fills_no_service_beyond_a_quarter_more_than_its_share(int requests, int services, int most) {
        Pools pools = Pools.of(services);
        begin(pools, byUser(pools), user(1), requests);
        for (Backend backend : pools.available()) {
            assertTrue(
                    backend.load().requestsUnderWay() <= most,
                    backend + " has " + backend.load().requestsUnderWay());
        }
    }

    @Test
    void a_share_is_by_weight() {
        Pools pools = Pools.of(1, 4);
        begin(pools, byUser(pools), user(1), 200);
        assertTrue(
                pools.get("a").load().requestsUnderWay() <= 51,
                "a has " + pools.get("a").load().requestsUnderWay());
        assertTrue(pools.get("b").load().requestsUnderWay() <= 201);
        assertEquals(
                200,
                pools.get("a").load().requestsUnderWay() + pools.get("b").load().requestsUnderWay());
    }

    @Test
    void what_one_browser_sends_at_once_stays_together() {
        Pools pools = Pools.of(10);
        assertEquals(1, new HashSet<>(begin(pools, byUser(pools), user(1), 8)).size());
    }

    @Test
    void open_web_sockets_do_not_count() {
        Pools pools = Pools.of(1, 1);
        ConsistentHash balancer = byUser(pools);
        for (int i = 0; i < 100; i++) {
            Backend backend = balancer.choose(pools.now(), user(1));
            assertTrue(backend.load().tryStart());
            backend.load().switched();
        }
        assertEquals(
                1,
                pools.available().stream()
                        .filter(backend -> backend.load().inFlight() > 0)
                        .count());
    }

    @Test
    void a_key_comes_home_as_soon_as_there_is_room() {
        Pools pools = Pools.of(1, 1, 1);
        ConsistentHash balancer = byUser(pools);
        List<Backend> begun = begin(pools, balancer, user(1), 30);
        Backend home = begun.get(0);
        Backend second =
                begun.stream().filter(other -> other != home).findFirst().orElseThrow();
        assertNotEquals(home, begun.get(29));
        begun.subList(0, 29).forEach(backend -> backend.load().finished());
        assertSame(home, balancer.choose(pools.now(), user(1)));
        assertFalse(begin(pools, balancer, user(1), 8).contains(second), "again it is filled first");
    }

    @Test
    void of_other_keys_only_those_of_the_full_one_are_sent_on() {
        Pools pools = Pools.of(1, 1, 1);
        ConsistentHash balancer = byUser(pools);
        Map<Integer, String> before = homes(pools, balancer);
        String full = before.get(1);
        IntStream.range(0, 40).forEach(i -> pools.get(full).load().tryStart());
        Map<Integer, String> after = homes(pools, balancer);
        for (int i = 0; i < KEYS; i++) {
            assertEquals(!before.get(i).equals(full), after.get(i).equals(before.get(i)), "user " + i);
        }
    }

    // Slow start.

    @Test
    void one_that_comes_gets_its_keys_one_after_another_and_none_twice() {
        Pools pools = Pools.of(1, 1, 1);
        pools.time.pass(Duration.ofSeconds(10));
        WarmUp warmUp = new WarmUp(Duration.ofSeconds(10), pools.time);
        ConsistentHash balancer = new ConsistentHash("test", HashKey.header("X-User"), warmUp);
        Map<Integer, String> before = homes(pools, balancer);
        pools.services.eject(pools.get("c"), "test", true, EventKind.UNHEALTHY);
        Map<Integer, String> last = homes(pools, balancer);
        pools.services.admit(pools.get("c"), "test");
        assertEquals(0, of("c", homes(pools, balancer)), 5, "at first it gets next to nothing");
        for (int second = 0; second < 10; second++) {
            Map<Integer, String> now = homes(pools, balancer);
            for (int i = 0; i < KEYS; i++) {
                assertTrue(now.get(i).equals(last.get(i)) || now.get(i).equals("c"), "user " + i);
            }
            double part = second / 10.0; // of its weight, beside the two of the others
            assertEquals(KEYS * part / (2 + part), of("c", now), 40, "after " + second + " s");
            last = now;
            pools.time.pass(Duration.ofSeconds(1));
        }
        assertEquals(before, homes(pools, balancer));
    }
}
