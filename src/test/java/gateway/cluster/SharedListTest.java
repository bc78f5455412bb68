package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.ClusterMembers;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.RedisSettings;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.util.Durations;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** The lists of several gateways on one Redis, step by step: no thread, only {@link SharedList#sync}. */
@Tag("redis")
class SharedListTest {
    private static TestRedis redis;

    private final List<Member> members = new ArrayList<>();
    private final Member one = join();
    private final Member two = join();

    /** What a gateway has of the shared list. */
    private static final class Member {
        final ServiceList services = new ServiceList(Time.system());
        final ClusterMembers gateways = ClusterMembers.startingAt(Time.system().now(), "1.0.0");
        final SharedList shared;

        Member(RedisSettings settings) {
            shared = new SharedList(settings, services, gateways, Time.system());
            gateways.listensAt("127.0.0.1:1");
        }

        void register(String name, String url) {
            register(name, url, "");
        }

        void register(String name, String url, String lease) {
            services.register(service(name, url, lease));
        }

        boolean sync() {
            return shared.sync();
        }

        Backend find(String name) {
            return services.find(name).orElseThrow();
        }

        String list() {
            StringBuilder text = new StringBuilder();
            for (Backend backend : services.all()) {
                text.append(text.isEmpty() ? "" : ", ").append(backend.name() + "=" + backend.url());
                text.append(backend.draining() ? " draining" : "");
            }
            return text.toString();
        }
    }

    private static Service service(String name, String url, String lease) {
        Optional<Duration> length = lease.isEmpty() ? Optional.empty() : Optional.of(Durations.parse(lease));
        return new Service(name, ServiceUrl.parse(url), length);
    }

    @BeforeAll
    static void start() throws Exception {
        redis = TestRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void forget() throws Exception {
        empty();
    }

    @AfterEach
    void leave() {
        members.forEach(member -> member.shared.close());
    }

    private Member join() {
        Member member = new Member(redis.settings());
        members.add(member);
        return member;
    }

    private static void empty() {
        try (Jedis jedis = redis.client()) {
            jedis.flushAll();
        }
    }

    /** All are asked in turn, twice: what each had to tell has reached each. */
    private void syncAll() {
        for (int round = 0; round < 2; round++) {
            members.forEach(member -> assertTrue(member.sync()));
        }
    }

    private void assertAllHave(String list) {
        syncAll();
        members.forEach(member -> assertEquals(list, member.list()));
    }

    @Test
    void what_is_registered_at_one_is_at_all_and_waits_there_for_its_first_good_check() {
        one.register("a", "http://h:1", "15s");
        one.sync();
        two.sync();
        Backend there = two.find("a");
        assertEquals("a=http://h:1", two.list());
        assertEquals(Backend.Status.CHECKING, there.state().status());
        assertEquals(Optional.of(Duration.ofSeconds(15)), there.lease());
        assertTrue(there.leaseLeft(System.nanoTime()).orElseThrow().toMillis() > 10_000);
    }

    @Test
    void a_backend_that_stays_keeps_what_is_known_of_it_and_one_with_another_url_starts_anew() {
        one.register("a", "http://h:1");
        syncAll();
        Backend before = two.find("a");
        two.services.admit(before, "test");
        one.register("b", "http://h:2");
        syncAll();
        assertSame(before, two.find("a"));
        assertTrue(before.available());
        one.register("a", "http://h:3");
        assertAllHave("a=http://h:3, b=http://h:2");
        assertNotSame(before, two.find("a"));
        assertFalse(two.services.contains(before));
    }

    @Test
    void what_is_deregistered_at_one_leaves_all() {
        one.register("a", "http://h:1");
        syncAll();
        two.services.remove("a");
        assertAllHave("");
    }

    @Test
    void draining_spreads_outlives_renewals_and_ends_with_resume_or_another_url() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        two.services.drain("a", true);
        assertAllHave("a=http://h:1 draining");
        one.register("a", "http://h:1", "15s");
        assertAllHave("a=http://h:1 draining");
        one.services.drain("a", false);
        assertAllHave("a=http://h:1");
        two.services.drain("a", true);
        assertAllHave("a=http://h:1 draining");
        one.register("a", "http://h:2", "15s");
        assertAllHave("a=http://h:2");
    }

    @Test
    void drained_before_anybody_heard_of_it_it_comes_drained() {
        one.register("a", "http://h:1");
        one.services.drain("a", true);
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1 draining");
        one.services.drain("a", true);
        one.register("a", "http://h:2");
        assertAllHave("a=http://h:2");
    }

    @Test
    void a_renewal_does_not_undo_a_deregistration_that_came_after_it() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        one.register("a", "http://h:1", "15s"); // renewed, but not told yet
        pause();
        two.services.remove("a");
        two.sync();
        assertAllHave("");
    }

    @Test
    void a_registration_after_a_deregistration_that_its_gateway_had_not_heard_of_counts() {
        one.register("a", "http://h:1");
        syncAll();
        two.services.remove("a");
        two.sync();
        pause();
        one.register("a", "http://h:1"); // for this gateway a renewal
        assertAllHave("a=http://h:1");
    }

    @Test
    void of_two_urls_for_one_name_the_later_registration_counts_whoever_tells_first() {
        syncAll();
        one.register("a", "http://h:1");
        pause();
        two.register("a", "http://h:2");
        two.sync();
        assertAllHave("a=http://h:2");
    }

    /** So that two changes don't fall into one millisecond of Redis's clock, and its way there doesn't count. */
    private static void pause() {
        long end = System.nanoTime() + 20_000_000;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void two_that_change_different_services_at_once_lose_nothing() {
        IntStream.range(0, 40).parallel().forEach(i -> {
            Member member = i % 2 == 0 ? one : two;
            member.register("s" + i, "http://h:" + (i + 1));
            member.sync();
        });
        syncAll();
        assertEquals(40, one.services.all().size());
        assertEquals(one.list(), two.list());
    }

    @Test
    void a_self_registered_service_takes_the_place_of_its_twin_from_the_settings_at_all() {
        one.services.offer(service("h-1", "http://h:1", ""));
        assertAllHave("h-1=http://h:1");
        two.register("a", "http://h:1", "15s");
        assertAllHave("a=http://h:1");
        Member late = join();
        late.services.offer(service("h-1", "http://h:1", "")); // before it has read the list
        assertEquals("h-1=http://h:1", late.list());
        assertAllHave("a=http://h:1");
    }

    @Test
    void the_twin_also_gives_way_when_the_gateway_asked_had_not_heard_of_it() {
        one.services.offer(service("h-1", "http://h:1", ""));
        two.register("a", "http://h:1", "15s");
        one.sync();
        two.sync();
        assertAllHave("a=http://h:1");
    }

    @Test
    void a_service_from_the_settings_that_was_deregistered_comes_back_with_a_gateway_that_starts() {
        one.services.offer(service("h-1", "http://h:1", ""));
        syncAll();
        one.services.remove("h-1");
        assertAllHave("");
        Member late = join();
        late.sync();
        late.services.offer(service("h-1", "http://h:1", ""));
        assertAllHave("h-1=http://h:1");
    }

    @Test
    void leases_end_by_redis_at_all_gateways_and_renewals_at_any_put_the_end_off() throws Exception {
        one.register("a", "http://h:1", "1s");
        one.register("b", "http://h:2", "1s");
        one.register("c", "http://h:3");
        syncAll();
        Await.until("the end of the lease that nobody renews", () -> {
            two.register("b", "http://h:2", "1s");
            syncAll();
            return one.list().equals("b=http://h:2, c=http://h:3") && two.list().equals("b=http://h:2, c=http://h:3");
        });
    }

    @Test
    void leases_and_gateways_stand_still_while_nobody_comes() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        try (Jedis jedis = redis.client()) { // as if a minute had passed since
            jedis.hincrBy("{gateway}:state", "clock", -60_000);
        }
        assertAllHave("a=http://h:1");
        assertEquals(2, one.gateways.count());
        Duration left = one.find("a").leaseLeft(System.nanoTime()).orElseThrow();
        assertTrue(left.toMillis() > 5_000 && left.toMillis() <= 15_000, left.toString());
    }

    @Test
    void a_server_whose_clock_is_behind_changes_nothing() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        try (Jedis jedis = redis.client()) { // as if the next one had been an hour ahead until now
            jedis.hincrBy("{gateway}:state", "clock", 3_600_000);
        }
        assertAllHave("a=http://h:1");
        two.register("a", "http://h:2", "15s");
        assertAllHave("a=http://h:2");
        one.services.remove("a");
        assertAllHave("");
    }

    @Test
    void a_list_is_not_emptied_because_redis_was_and_is_written_back() {
        one.register("a", "http://h:1", "15s");
        one.register("b", "http://h:2");
        one.services.drain("b", true);
        syncAll();
        Backend before = two.find("a");
        empty();
        one.sync();
        assertEquals("a=http://h:1, b=http://h:2 draining", one.list());
        assertAllHave("a=http://h:1, b=http://h:2 draining");
        assertSame(before, two.find("a"));
        assertEquals("a=http://h:1, b=http://h:2 draining", late().list());
    }

    private Member late() {
        Member late = join();
        assertTrue(late.sync());
        return late;
    }

    @Test
    void a_gateway_that_starts_on_an_empty_redis_does_not_empty_the_others() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        empty();
        Member late = late();
        assertEquals("", late.list());
        late.services.offer(service("x-1", "http://x:1", ""));
        late.sync();
        assertAllHave("a=http://h:1, x-1=http://x:1");
    }

    @Test
    void what_two_gateways_know_apart_is_one_list_after_a_loss() {
        one.register("a", "http://h:1");
        syncAll();
        empty();
        one.register("b", "http://h:2");
        two.register("c", "http://h:3");
        assertAllHave("a=http://h:1, b=http://h:2, c=http://h:3");
    }

    @Test
    void what_was_deregistered_since_a_loss_is_not_written_back_by_one_who_comes_later() {
        one.register("a", "http://h:1");
        syncAll();
        empty();
        one.sync();
        one.services.remove("a");
        one.sync();
        assertAllHave("");
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1");
    }

    @Test
    void a_part_that_redis_evicted_is_a_loss_too() {
        one.register("a", "http://h:1", "15s");
        one.register("b", "http://h:2");
        syncAll();
        for (String part : List.of("services", "leases", "state", "gateways", "seen", "gone")) {
            try (Jedis jedis = redis.client()) {
                jedis.del("{gateway}:" + part);
            }
            assertAllHave("a=http://h:1, b=http://h:2");
            try (Jedis jedis = redis.client()) {
                assertEquals(1, jedis.zcard("{gateway}:leases"), part);
            }
        }
    }

    @Test
    void a_redis_that_went_back_to_an_earlier_state_loses_nothing() {
        one.register("a", "http://h:1");
        syncAll();
        byte[] services;
        byte[] state;
        try (Jedis jedis = redis.client()) {
            services = jedis.dump("{gateway}:services");
            state = jedis.dump("{gateway}:state");
        }
        one.register("b", "http://h:2");
        syncAll();
        try (Jedis jedis = redis.client()) { // a replica that hadn't heard of b took over
            jedis.del("{gateway}:services", "{gateway}:state");
            jedis.restore("{gateway}:services", 0, services);
            jedis.restore("{gateway}:state", 0, state);
        }
        two.register("c", "http://h:3");
        assertAllHave("a=http://h:1, b=http://h:2, c=http://h:3");
    }

    @Test
    void with_the_same_epoch_a_stale_gateway_brings_nothing_back() {
        one.register("a", "http://h:1", "15s");
        one.register("b", "http://h:2", "15s");
        syncAll();
        one.services.remove("a");
        for (int i = 0; i < 5; i++) {
            one.sync();
        }
        assertEquals("a=http://h:1, b=http://h:2", two.list());
        two.services.drain("a", true);
        two.sync();
        assertAllHave("b=http://h:2");
    }

    @Test
    void changes_made_while_redis_is_away_hold_here_at_once_and_arrive_later() throws Exception {
        try (TestRedis own = TestRedis.start()) {
            Member here = new Member(own.settings());
            Member there = new Member(own.settings());
            here.register("a", "http://h:1", "1s");
            here.register("b", "http://h:2");
            here.sync();
            there.sync();
            own.kill();
            assertFalse(here.sync());
            assertFalse(there.sync());
            assertFalse(here.gateways.shared());
            here.services.remove("b");
            here.register("c", "http://h:3");
            here.services.drain("c", true);
            there.services.drain("a", true);
            pauseBeyond(here.find("a"));
            assertFalse(here.sync());
            assertEquals("a=http://h:1, c=http://h:3 draining", here.list(), "no lease ends while Redis is away");
            own.startAgain();
            assertTrue(here.sync());
            assertTrue(there.sync());
            assertTrue(here.sync());
            assertEquals("a=http://h:1 draining, c=http://h:3 draining", here.list());
            assertEquals(here.list(), there.list());
            assertEquals(2, here.gateways.count());
            here.shared.close();
            there.shared.close();
        }
    }

    @Test
    void a_redis_that_refuses_writes_is_away_and_has_done_nothing_by_halves() throws Exception {
        try (TestRedis own = TestRedis.start();
                Jedis jedis = own.client()) {
            Member here = new Member(own.settings());
            Member there = new Member(own.settings());
            here.register("a", "http://h:1", "1s");
            here.sync();
            there.sync();
            for (List<String> refusal :
                    List.of(List.of("maxmemory", "1", "0"), List.of("min-replicas-to-write", "1", "0"))) {
                jedis.configSet(refusal.get(0), refusal.get(1));
                here.register("b", "http://h:2");
                pauseBeyond(here.find("a"));
                var before = jedis.hgetAll("{gateway}:state");
                assertFalse(here.sync(), refusal.get(0));
                assertEquals(before, jedis.hgetAll("{gateway}:state"));
                assertEquals("a=http://h:1, b=http://h:2", here.list());
                jedis.configSet(refusal.get(0), refusal.get(2));
                here.register("a", "http://h:1", "1s");
                assertTrue(here.sync());
                assertTrue(there.sync());
                assertEquals(here.list(), there.list());
            }
            jedis.replicaof("127.0.0.1", TestBackend.deadPort());
            here.services.remove("b");
            assertFalse(here.sync(), "it is a replica now");
            jedis.replicaofNoOne();
            here.register("a", "http://h:1", "15s");
            assertTrue(here.sync());
            assertTrue(there.sync());
            assertEquals("a=http://h:1", there.list());
            here.shared.close();
            there.shared.close();
        }
    }

    private static void pauseBeyond(Backend backend) throws Exception {
        Await.until(
                "the lease's end",
                () -> backend.leaseLeft(System.nanoTime()).orElseThrow().isZero());
    }

    @Test
    void what_came_although_its_answer_was_lost_is_not_done_twice() throws Exception {
        Member slow = new Member(new RedisSettings(
                redis.settings().url(), "gateway", Duration.ofSeconds(1), RedisSettings.Fallback.DIVIDE, false));
        slow.sync(); // so that it is connected
        slow.register("a", "http://h:1");
        redis.freeze();
        assertFalse(slow.sync(), "it waits in the server's socket, and is done when that goes on");
        redis.thaw();
        Await.until("what the frozen server had been sent", () -> {
            one.sync();
            return one.list().equals("a=http://h:1");
        });
        one.services.remove("a");
        one.sync();
        assertTrue(slow.sync());
        assertEquals("", slow.list());
        one.sync();
        assertEquals("", one.list());
        slow.shared.close();
    }

    @Test
    void gateways_come_and_go() {
        syncAll();
        Member three = late();
        syncAll();
        assertEquals(3, one.gateways.count());
        assertTrue(one.gateways.all().contains(three.gateways.self()));
        three.shared.close();
        one.sync();
        assertEquals(2, one.gateways.count());
        assertTrue(one.gateways.shared());
    }

    @Test
    void a_gateway_that_is_not_heard_of_any_more_counts_no_longer() throws Exception {
        syncAll();
        Await.until("the end of the silent one", () -> {
            one.sync();
            return one.gateways.count() == 1;
        });
        two.sync();
        one.sync();
        assertEquals(2, one.gateways.count());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void whatever_happens_in_whatever_order_all_have_the_same_list_in_the_end(int seed) {
        join();
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            Member member = members.get(random.nextInt(3));
            String name = "s" + random.nextInt(6);
            switch (random.nextInt(12)) {
                case 0, 1 -> member.register(name, "http://h:" + (1 + random.nextInt(4)), "15s");
                case 2 -> member.register(name, "http://h:" + (1 + random.nextInt(4)));
                case 3 -> member.services.offer(Service.configured(ServiceUrl.parse("http://h:" + (1 + i % 4))));
                case 4 -> member.services.remove(name);
                case 5 -> member.services.remove("h-" + (1 + i % 4));
                case 6 -> member.services.drain(name, random.nextBoolean());
                case 7 -> {
                    if (random.nextInt(8) == 0) {
                        empty();
                    }
                }
                default -> member.sync();
            }
        }
        syncAll();
        String list = one.list();
        assertAllHave(list);
        assertEquals(list, late().list());
    }

    @Test
    void five_hundred_services_are_one_step() {
        IntStream.range(0, 500).forEach(i -> one.register("s" + i, "http://h:" + (i + 1), "15s"));
        assertTrue(one.sync());
        assertTrue(two.sync());
        assertEquals(500, two.services.all().size());
        assertEquals(one.list(), two.list());
        empty();
        assertTrue(one.sync());
        assertTrue(two.sync());
        assertEquals(500, late().services.all().size());
    }

    @Test
    void what_is_none_of_the_gateways_is_left_out() {
        one.register("a", "http://h:1");
        syncAll();
        try (Jedis jedis = redis.client()) {
            jedis.hset("{gateway}:services", "b", "{\"url\":\"nonsense\"}");
            jedis.hset("{gateway}:services", "not a name", "{\"url\":\"http://h:2\"}");
            jedis.hset("{gateway}:gateways", "x", "nonsense");
        }
        assertAllHave("a=http://h:1");
    }

    /** Such an entry stopped the whole step once: whoever can write to Redis by hand would have stopped all sharing. */
    @Test
    void what_is_no_service_harms_none_even_under_its_name() {
        one.register("a", "http://a:1");
        assertAllHave("a=http://a:1");
        try (Jedis jedis = redis.client()) {
            jedis.hset("{gateway}:services", "a", "junk");
            jedis.hset("{gateway}:services", "b", "7");
            jedis.hset("{gateway}:services", "d", "{\"url\":\"nonsense\"}");
        }
        one.services.remove("d");
        two.register("d", "http://d:1");
        two.services.offer(service("c", "http://c:1", ""));
        one.register("b", "http://b:1");
        one.register("a", "http://a:1");
        assertAllHave("a=http://a:1, b=http://b:1, c=http://c:1, d=http://d:1");
    }
}
