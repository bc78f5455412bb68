package gateway.cluster;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventListener;
import gateway.events.EventLog;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.ClusterMembers;
import gateway.registry.Draining;
import gateway.registry.HealthCheck;
import gateway.registry.Meant;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.RedisSettings;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.util.Durations;
import gateway.util.Stalls;
import gateway.util.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
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
        final EventLog events = new EventLog(Time.system());
        final ClusterMembers gateways = ClusterMembers.startingAt(Time.system().now(), "1.0.0");
        final SharedList shared;

        Member(RedisSettings settings) {
            services.tell(events);
            shared = new SharedList(settings, services, gateways, new Stalls(Time.system()), events, Time.system());
            gateways.listensAt("127.0.0.1:1");
        }

        void register(String name, String url) {
            register(name, url, "");
        }

        void register(String name, String url, String lease) {
            services.register(service(name, url, lease), Who.GATEWAY);
        }

        void register(String name, String url, String lease, String instance) {
            Service plain = service(name, url, lease);
            services.register(new Service(name, plain.url(), plain.lease(), Optional.of(instance)), Who.GATEWAY);
        }

        /** @param weight and health, each null for none */
        void register(String route, String name, String url, Integer weight, HealthCheck health) {
            services.register(
                    new Service(
                            route,
                            name,
                            ServiceUrl.parse(url),
                            Optional.of(Duration.ofSeconds(15)),
                            Optional.empty(),
                            Optional.ofNullable(weight),
                            Optional.ofNullable(health)),
                    Who.GATEWAY);
        }

        boolean sync() {
            return shared.sync();
        }

        Backend find(String name) {
            return services.instances(everywhere(name, Optional.empty())).get(0);
        }

        String list() {
            StringBuilder text = new StringBuilder();
            for (Backend backend : services.all()) {
                text.append(text.isEmpty() ? "" : ", ").append(backend.id().name() + "=" + backend.url());
                text.append(backend.weight() == 1 ? "" : " x" + backend.weight());
                text.append(backend.health().map(health -> " " + health).orElse(""));
                text.append(backend.draining() ? " draining" : "");
                text.append(backend.drain() == Draining.MOVING_SESSIONS ? " and moving" : "");
            }
            return text.toString();
        }
    }

    /** What a member was told, oldest first, as {@code kind service who}. */
    private static List<String> told(Member member) {
        List<String> told = new ArrayList<>();
        member.events
                .newest(0, event -> true, EventLog.KEPT)
                .forEach(event -> told.add(
                        0,
                        event.kind().word() + " " + event.subject().service() + " "
                                + event.who().word()));
        return told;
    }

    @Test
    void the_others_are_told_what_came_of_the_shared_list() {
        one.register("a", "http://h:1");
        one.sync();
        two.sync();
        one.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.operator("127.0.0.1"));
        one.sync();
        two.sync();
        one.services.drain(everywhere("a", Optional.empty()), Draining.NO, Who.operator("127.0.0.1"));
        one.sync();
        two.sync();
        one.services.remove(everywhere("a", Optional.empty()), Who.operator("127.0.0.1"));
        one.sync();
        two.sync();
        two.sync();
        assertEquals(
                List.of("registered a gateway", "drained a operator", "resumed a operator", "deregistered a operator"),
                told(one));
        assertEquals(
                List.of(
                        "registered a other-gateway",
                        "drained a other-gateway",
                        "resumed a other-gateway",
                        "removed a other-gateway"),
                told(two));
    }

    @Test
    void the_loss_of_redis_is_told_once_and_so_is_its_return() throws Exception {
        one.sync();
        assertEquals(List.of(), told(one), "that it is there from the start is no news");
        redis.freeze();
        assertFalse(one.sync());
        assertFalse(one.sync());
        redis.thaw();
        assertTrue(one.sync());
        assertTrue(one.sync());
        assertEquals(List.of("lost null gateway", "back null gateway"), told(one));
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
    void what_a_route_of_one_gateway_lists_is_not_shared() {
        one.services.configure(List.of(Service.configured("shop", ServiceUrl.parse("http://h:1"), Optional.of(2))));
        one.register("a", "http://h:2");
        one.sync();
        two.sync();
        assertEquals("a=http://h:2", two.list());
        two.register("b", "http://h:3");
        two.sync();
        empty();
        one.sync();
        two.sync();
        one.sync();
        assertEquals("a=http://h:2, b=http://h:3, shop/h-1=http://h:1 x2", one.list());
        assertEquals("a=http://h:2, b=http://h:3", two.list());
    }

    @Test
    void what_is_registered_at_one_is_at_all_and_waits_there_for_its_first_good_check() {
        one.register("a", "http://h:1", "15s");
        one.sync();
        two.sync();
        Backend there = two.find("a");
        assertEquals("a=http://h:1", two.list());
        assertEquals(Backend.Status.CHECKING, there.state().status());
        assertEquals(Optional.of(Duration.ofSeconds(15)), there.lease().length());
        assertTrue(there.lease().left(System.nanoTime()).orElseThrow().toMillis() > 10_000);
    }

    @Test
    void a_backend_that_stays_keeps_what_is_known_of_it_and_another_instance_starts_anew() {
        one.register("a", "http://h:1");
        syncAll();
        Backend before = two.find("a");
        two.services.admit(before, "test");
        one.register("b", "http://h:2");
        syncAll();
        assertSame(before, two.find("a"));
        assertTrue(before.available());
        one.register("a", "http://h:3");
        assertAllHave("a=http://h:1, a=http://h:3, b=http://h:2");
        assertSame(before, two.find("a"));
        Backend another = two.services
                .instances(everywhere("a", Optional.of("http://h:3")))
                .get(0);
        assertEquals(Backend.Status.CHECKING, another.state().status());
    }

    @Test
    void what_is_deregistered_at_one_leaves_all() {
        one.register("a", "http://h:1");
        syncAll();
        two.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        assertAllHave("");
    }

    @Test
    void draining_spreads_outlives_renewals_ends_with_resume_and_does_not_hold_for_a_new_instance() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        two.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining");
        one.register("a", "http://h:1", "15s");
        assertAllHave("a=http://h:1 draining");
        one.services.drain(everywhere("a", Optional.empty()), Draining.NO, Who.GATEWAY);
        assertAllHave("a=http://h:1");
        two.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining");
        one.register("a", "http://h:2", "15s");
        assertAllHave("a=http://h:1 draining, a=http://h:2");
        two.services.drain(everywhere("a", Optional.of("http://h:1")), Draining.NO, Who.GATEWAY);
        assertAllHave("a=http://h:1, a=http://h:2");
        two.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining, a=http://h:2 draining");
    }

    @Test
    void all_learn_whether_a_drain_moves_those_who_are_bound_to_the_service() {
        Meant a = everywhere("a", Optional.empty());
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1");
        two.services.drain(a, Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining");
        one.services.drain(a, Draining.MOVING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining and moving");
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1 draining and moving");
        empty();
        assertAllHave("a=http://h:1 draining and moving");
        assertEquals("a=http://h:1 draining and moving", late().list());
        two.services.drain(a, Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining");
        two.services.drain(a, Draining.MOVING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining and moving");
        one.services.drain(a, Draining.NO, Who.GATEWAY);
        assertAllHave("a=http://h:1");
        one.services.drain(a, Draining.KEEPING_SESSIONS, Who.GATEWAY);
        assertAllHave("a=http://h:1 draining");
    }

    @Test
    void drained_before_anybody_heard_of_it_it_comes_drained() {
        one.register("a", "http://h:1");
        one.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1 draining");
        one.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        one.register("a", "http://h:2");
        assertAllHave("a=http://h:1 draining, a=http://h:2");
    }

    @Test
    void a_renewal_does_not_undo_a_deregistration_that_came_after_it() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        one.register("a", "http://h:1", "15s"); // renewed, but not told yet
        pause();
        two.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        two.sync();
        assertAllHave("");
    }

    @Test
    void a_registration_after_a_deregistration_that_its_gateway_had_not_heard_of_counts() {
        one.register("a", "http://h:1");
        syncAll();
        two.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        two.sync();
        pause();
        one.register("a", "http://h:1"); // for this gateway a renewal
        assertAllHave("a=http://h:1");
    }

    /** It was lost at both: with the last known instance, its name was deregistered. */
    @ParameterizedTest(name = "{0} tells first")
    @ValueSource(strings = {"who registered", "who deregistered"})
    void an_instance_stays_that_registered_before_the_only_other_one_was_deregistered(String first) {
        one.register("a", "http://h:1");
        syncAll();
        one.register("a", "http://h:2");
        pause();
        two.services.remove(everywhere("a", Optional.of("http://h:1")), Who.GATEWAY);
        (first.equals("who registered") ? one : two).sync();
        assertAllHave("a=http://h:2");
    }

    @Test
    void instances_of_a_name_are_the_same_at_three_gateways_wherever_they_registered() {
        Member three = join();
        one.register("a", "http://h:1", "15s");
        two.register("a", "http://h:2", "15s");
        three.register("a", "http://h:3");
        assertAllHave("a=http://h:1, a=http://h:2, a=http://h:3");
        three.services.remove(everywhere("a", Optional.of("http://h:1")), Who.GATEWAY);
        assertAllHave("a=http://h:2, a=http://h:3");
        one.services.remove(everywhere("a", Optional.of("http://h:3")), Who.GATEWAY);
        assertAllHave("a=http://h:2");
        three.register("a", "http://h:1");
        assertAllHave("a=http://h:1, a=http://h:2");
    }

    @Test
    void removed_by_name_all_instances_leave_also_one_that_the_gateway_asked_had_not_heard_of() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        one.register("a", "http://h:2");
        pause();
        two.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        two.sync();
        assertAllHave("");
        pause();
        one.register("a", "http://h:3");
        assertAllHave("a=http://h:3");
        empty();
        assertAllHave("a=http://h:3");
    }

    @Test
    void an_instance_that_registers_after_its_name_was_removed_stays_whoever_tells_first() {
        one.register("a", "http://h:1");
        syncAll();
        two.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        pause();
        one.register("a", "http://h:2");
        one.sync();
        assertAllHave("a=http://h:2");
        one.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        one.register("a", "http://h:1");
        assertAllHave("a=http://h:1");
    }

    @Test
    void an_instance_that_moved_serves_at_its_old_url_until_the_new_one_is_healthy_at_each_gateway() {
        one.register("a", "http://h:1", "15s", "x");
        syncAll();
        Backend before = two.find("a");
        two.services.admit(before, "test");
        one.register("a", "http://h:2", "15s", "x");
        assertAllHave("a=http://h:1, a=http://h:2");
        assertTrue(before.leaving());
        assertEquals(List.of(before), two.services.available());
        Backend after = two.services
                .instances(everywhere("a", Optional.of("http://h:2")))
                .get(0);
        two.services.admit(after, "test");
        syncAll();
        assertEquals("a=http://h:2", two.list(), "this one needs it no longer");
        assertEquals("a=http://h:1, a=http://h:2", one.list(), "this one still does");
        assertEquals("x", after.instance());
        try (Jedis jedis = redis.client()) { // as if the half minute were over
            jedis.zadd("{gateway}:leases", 1, "a");
        }
        assertAllHave("a=http://h:2");
        assertSame(after, two.find("a"));
    }

    @Test
    void of_two_moves_the_later_counts_whoever_tells_first() {
        one.register("a", "http://h:1", "15s", "x");
        syncAll();
        one.register("a", "http://h:2", "15s", "x");
        pause();
        two.register("a", "http://h:3", "15s", "x");
        two.sync();
        one.sync();
        syncAll();
        for (Member member : members) {
            assertEquals(
                    List.of("http://h:3"),
                    member.services.all().stream()
                            .filter(backend -> !backend.leaving())
                            .map(Backend::urlText)
                            .toList());
        }
    }

    @Test
    void who_registered_last_at_a_url_is_who_listens_there() {
        one.register("a", "http://h:1", "15s", "x");
        syncAll();
        pause();
        two.register("a", "http://h:1", "15s", "y");
        syncAll();
        assertEquals("y", one.find("a").instance());
        assertEquals(
                List.of(),
                one.services.remove(everywhere("a", Optional.of("x")), Who.GATEWAY),
                "a late message of the one before");
        assertAllHave("a=http://h:1");
    }

    @Test
    void instances_their_ids_and_their_drains_are_written_back_after_a_loss() {
        one.register("a", "http://h:1", "15s", "x");
        one.register("a", "http://h:2", "15s", "y");
        one.register("a", "http://h:3");
        one.services.drain(everywhere("a", Optional.of("y")), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        syncAll();
        empty();
        assertAllHave("a=http://h:1, a=http://h:2 draining, a=http://h:3");
        Member late = late();
        assertEquals("a=http://h:1, a=http://h:2 draining, a=http://h:3", late.list());
        assertEquals("x", late.find("a").instance());
    }

    @Test
    void each_route_has_its_own_services_of_a_name_or_url_with_their_weights_and_ways_of_checking() {
        HealthCheck path = HealthCheck.parse("/up?x 200-399,401");
        one.register("shop", "a", "http://h:1", 3, path);
        one.register("default", "a", "http://h:1", null, HealthCheck.OFF);
        two.services.offer(Service.configured("api", ServiceUrl.parse("http://h:1"), Optional.empty()));
        two.services.offer(Service.configured("shop", ServiceUrl.parse("http://h:1"), Optional.empty()));
        two.register("shop", "a", "http://h:2", 0, null);
        syncAll();
        String list =
                "a=http://h:1 off, api/h-1=http://h:1, shop/a=http://h:1 x3 /up?x 200-399,401, shop/a=http://h:2 x0";
        assertAllHave(list);
        assertEquals(1, two.services.pool("api").snapshot().all().size());
        assertEquals(2, two.services.pool("shop").snapshot().all().size());
        empty();
        assertAllHave(list);
        assertEquals(list, late().list());
        two.services.remove(new Meant(Optional.of("shop"), "a", Optional.empty()), Who.GATEWAY);
        assertAllHave("a=http://h:1 off, api/h-1=http://h:1");
    }

    @Test
    void another_weight_or_way_of_checking_holds_at_all_and_a_renewal_that_says_none_leaves_both() {
        one.register("shop", "a", "http://h:1", 3, HealthCheck.TCP);
        assertAllHave("shop/a=http://h:1 x3 tcp");
        two.register("shop", "a", "http://h:1", null, null);
        assertAllHave("shop/a=http://h:1 x3 tcp");
        two.register("shop", "a", "http://h:1", 5, null);
        two.register("shop", "a", "http://h:1", null, null); // before the first has been told
        assertAllHave("shop/a=http://h:1 x5 tcp");
        one.register("shop", "a", "http://h:1", null, HealthCheck.OFF);
        assertAllHave("shop/a=http://h:1 x5 off");
        one.register("shop", "a", "http://h:1", 0, null);
        pause();
        two.register("shop", "a", "http://h:1", 1, HealthCheck.USUAL);
        two.sync();
        one.sync();
        assertAllHave("shop/a=http://h:1 /health 200-299");
    }

    /** It was gone with the list, and a renewal that says none came before it was written back. */
    @Test
    void a_weight_outlives_the_loss_of_the_list() {
        one.register("shop", "a", "http://h:1", 3, HealthCheck.TCP);
        syncAll();
        empty();
        two.register("shop", "a", "http://h:1", null, null);
        assertAllHave("shop/a=http://h:1 x3 tcp");
    }

    @Test
    void a_gateway_of_before_shares_the_services_of_the_default_route_and_leaves_the_others() throws Exception {
        GatewayOfBefore before = new GatewayOfBefore();
        one.register("default", "a", "http://h:1", 3, HealthCheck.TCP);
        one.register("shop", "a", "http://h:2", 4, null);
        syncAll();
        assertEquals("a=http://h:1", before.list());
        assertEquals("a=http://h:1", before.put("a", "http://h:1"));
        assertAllHave("a=http://h:1 x3 tcp, shop/a=http://h:2 x4");
        assertEquals("a=http://h:1, b=http://h:2", before.put("b", "http://h:2"));
        assertAllHave("a=http://h:1 x3 tcp, b=http://h:2, shop/a=http://h:2 x4");
    }

    /**
     * What a gateway of before sees of the list, and does to it: its script knew one instance of each name. Its list has
     * the keys that are names.
     */
    private static final class GatewayOfBefore {
        private static final String SCRIPT = "src/test/resources/gateway/cluster/sync-of-before.lua";
        private static final List<String> KEYS =
                List.of("services", "leases", "gateways", "seen", "gone", "state", "done:of-before");
        private int numbers;

        String list() throws IOException {
            return sync("[]");
        }

        String put(String name, String url) throws IOException {
            return sync("[{\"name\":\"" + name + "\",\"put\":{\"number\":" + ++numbers + ",\"at\":0,\"url\":\"" + url
                    + "\",\"lease\":15000,\"twin\":\"none\"}}]");
        }

        String remove(String name) throws IOException {
            return sync("[{\"name\":\"" + name + "\",\"remove\":{\"number\":" + ++numbers + ",\"at\":0}}]");
        }

        private String sync(String changes) throws IOException {
            List<String> keys = KEYS.stream().map(key -> "{gateway}:" + key).toList();
            List<String> arguments = List.of("of-before", "", "3000", "", "0", "new-epoch", changes, "1");
            try (Jedis jedis = redis.client()) {
                jedis.eval(Files.readString(Path.of(SCRIPT)), keys, arguments);
                return jedis.hgetAll("{gateway}:services").entrySet().stream()
                        .filter(entry -> Service.isName(entry.getKey()))
                        .map(entry -> entry.getKey() + entry.getValue().replaceAll(".*\"url\":\"([^\"]*)\".*", "=$1"))
                        .sorted()
                        .collect(Collectors.joining(", "))
                        .replace("\\", "");
            }
        }
    }

    @Test
    void a_gateway_of_before_always_sees_one_instance_of_each_name() throws Exception {
        GatewayOfBefore before = new GatewayOfBefore();
        one.register("a", "http://h:1", "15s");
        one.register("a", "http://h:2", "15s");
        one.register("b", "http://h:3");
        syncAll();
        assertEquals("a=http://h:1, b=http://h:3", before.list());
        one.services.remove(everywhere("a", Optional.of("http://h:1")), Who.GATEWAY);
        one.sync();
        assertEquals("a=http://h:2, b=http://h:3", before.list());
        assertAllHave("a=http://h:2, b=http://h:3");
    }

    @Test
    void what_a_gateway_of_before_changes_holds_for_the_instance_that_it_sees() throws Exception {
        GatewayOfBefore before = new GatewayOfBefore();
        assertEquals("a=http://h:1", before.put("a", "http://h:1"));
        assertAllHave("a=http://h:1");
        two.register("a", "http://h:2", "15s", "x");
        assertAllHave("a=http://h:1, a=http://h:2");
        assertEquals("a=http://h:1", before.put("a", "http://h:1"), "renewed there");
        assertAllHave("a=http://h:1, a=http://h:2");
        assertEquals("a=http://h:2", before.put("a", "http://h:2"), "replaced there");
        assertAllHave("a=http://h:2");
        two.register("a", "http://h:2", "15s", "x");
        two.register("a", "http://h:1", "15s", "y");
        assertAllHave("a=http://h:1, a=http://h:2");
        assertEquals("", before.remove("a"));
        assertAllHave("a=http://h:1");
        assertEquals("a=http://h:1", before.list(), "the one that is left has the name now");
        assertEquals("y", one.find("a").instance());
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
        one.services.remove(everywhere("h-1", Optional.empty()), Who.GATEWAY);
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
        Duration left = one.find("a").lease().left(System.nanoTime()).orElseThrow();
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
        assertAllHave("a=http://h:1, a=http://h:2");
        one.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        assertAllHave("");
    }

    @Test
    void a_list_is_not_emptied_because_redis_was_and_is_written_back() {
        one.register("a", "http://h:1", "15s");
        one.register("b", "http://h:2");
        one.services.drain(everywhere("b", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
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
        one.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
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
        one.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        for (int i = 0; i < 5; i++) {
            one.sync();
        }
        assertEquals("a=http://h:1, b=http://h:2", two.list());
        two.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
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
            here.services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
            here.register("c", "http://h:3");
            here.services.drain(everywhere("c", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
            there.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
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
            here.services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
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
                () -> backend.lease().left(System.nanoTime()).orElseThrow().isZero());
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
        one.services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        one.sync();
        assertTrue(slow.sync());
        assertEquals("", slow.list());
        one.sync();
        assertEquals("", one.list());
        slow.shared.close();
    }

    /** The thread that shared the list ended for good, and nobody was told. */
    @Test
    void a_lack_of_memory_once_does_not_end_the_sharing() throws Exception {
        AtomicBoolean lacking = new AtomicBoolean();
        Time time = new Time() {
            @Override
            public long nanos() {
                if (lacking.compareAndSet(true, false)) {
                    throw new OutOfMemoryError("once");
                }
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
        ServiceList services = new ServiceList(Time.system());
        ClusterMembers gateways = ClusterMembers.startingAt(time.now(), "1.0.0");
        SharedList shared = new SharedList(
                redis.settings(), services, gateways, new Stalls(Time.system()), EventListener.NONE, time);
        shared.start();
        lacking.set(true);
        Await.until("the lack of memory", () -> !lacking.get());
        one.register("a", "http://h:1");
        one.sync();
        Await.until("what another gateway shared since", () -> services.all().size() == 1);
        assertEquals(Optional.empty(), shared.failed());
        services.register(service("b", "http://h:2", ""), Who.GATEWAY);
        Await.until("what is shared from here", () -> {
            one.sync();
            return one.list().equals("a=http://h:1, b=http://h:2");
        });
        shared.close();
    }

    /** The others ended the leases of what renews at the gateway that stood still alone: it was gone everywhere. */
    @Test
    void after_a_stall_a_gateway_gives_back_what_nobody_could_renew_there() {
        FakeTime time = new FakeTime();
        Stalls stalls = new Stalls(time);
        ServiceList services = new ServiceList(time);
        SharedList stopped = new SharedList(
                redis.settings(),
                services,
                ClusterMembers.startingAt(time.now(), "1.0.0"),
                stalls,
                EventListener.NONE,
                time);
        stalls.beat();
        services.register(service("a", "http://h:1", "15s"), Who.GATEWAY);
        services.register(service("b", "http://h:2", ""), Who.GATEWAY);
        stopped.sync();
        Backend before = services.instances(everywhere("a", Optional.empty())).get(0);
        services.admit(before, "test");
        assertAllHave("a=http://h:1, b=http://h:2");
        try (Jedis jedis = redis.client()) { // as if the lease were over
            jedis.zadd("{gateway}:leases", 1, "a");
        }
        two.services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
        assertAllHave("");
        time.pass(Duration.ofHours(2));
        try (Jedis jedis = redis.client()) { // which is known for an hour
            jedis.del("{gateway}:gone");
        }
        stopped.sync();
        assertEquals(List.of(before), services.available(), "b was deregistered; a was not");
        assertAllHave("a=http://h:1");
        assertTrue(one.find("a").lease().left(System.nanoTime()).orElseThrow().toMillis() > 5_000);
        stalls.beat();
        try (Jedis jedis = redis.client()) {
            jedis.zadd("{gateway}:leases", 1, "a");
        }
        assertAllHave("");
        stopped.sync();
        assertEquals(List.of(), services.all(), "silence after the stall is silence");
        stopped.close();
    }

    @Test
    void after_a_pause_of_all_gateways_each_lease_has_all_its_time_again() {
        one.register("a", "http://h:1", "15s");
        syncAll();
        try (Jedis jedis = redis.client()) { // as if a minute had passed since, and the lease had almost been over
            long now = Long.parseLong(jedis.hget("{gateway}:state", "now"));
            jedis.zadd("{gateway}:leases", now + 10, "a");
            jedis.hincrBy("{gateway}:state", "clock", -60_000);
        }
        syncAll();
        Duration left = one.find("a").lease().left(System.nanoTime()).orElseThrow();
        assertTrue(left.toMillis() > 10_000 && left.toMillis() <= 15_000, left.toString());
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
            switch (random.nextInt(17)) {
                case 0, 1 -> member.register(name, "http://h:" + (1 + random.nextInt(4)), "15s");
                case 2 -> member.register(name, "http://h:" + (1 + random.nextInt(4)));
                case 3 -> member.services.offer(Service.configured(ServiceUrl.parse("http://h:" + (1 + i % 4))));
                case 4 -> member.services.remove(everywhere(name, Optional.empty()), Who.GATEWAY);
                case 5 -> member.services.remove(everywhere("h-" + (1 + i % 4), Optional.empty()), Who.GATEWAY);
                case 6 ->
                    member.services.drain(
                            everywhere(name, Optional.empty()), Draining.of(random.nextBoolean()), Who.GATEWAY);
                case 7 -> {
                    if (random.nextInt(8) == 0) {
                        empty();
                    }
                }
                case 8 -> member.register(name, "http://h:" + (1 + random.nextInt(4)), "15s", "x" + random.nextInt(2));
                case 9 ->
                    member.services.remove(
                            everywhere(name, Optional.of("http://h:" + (1 + random.nextInt(4)))), Who.GATEWAY);
                case 10 ->
                    member.services.drain(
                            everywhere(name, Optional.of("x" + random.nextInt(2))),
                            Draining.of(random.nextBoolean()),
                            Who.GATEWAY);
                case 11 -> member.register("shop", name, "http://h:" + (1 + i % 4), random.nextInt(4), null);
                case 12 -> member.register("shop", name, "http://h:" + (1 + i % 4), null, HealthCheck.TCP);
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
        one.services.remove(everywhere("d", Optional.empty()), Who.GATEWAY);
        two.register("d", "http://d:1");
        two.services.offer(service("c", "http://c:1", ""));
        one.register("b", "http://b:1");
        one.register("a", "http://a:1");
        assertAllHave("a=http://a:1, b=http://b:1, c=http://c:1, d=http://d:1");
    }

    /** The same, by numbers: in nanoseconds such a lease was more than a long can count, and that stopped the step. */
    @Test
    void a_lease_longer_than_any_service_may_have_harms_no_other_service() {
        one.register("a", "http://a:1", "15s");
        assertAllHave("a=http://a:1");
        try (Jedis jedis = redis.client()) {
            jedis.hset("{gateway}:services", "b", "{\"url\":\"http://b:1\",\"lease\":9223372036854775807}");
            jedis.zadd("{gateway}:leases", 1e18, "a");
        }
        one.register("c", "http://c:1");
        assertAllHave("a=http://a:1, c=http://c:1");
    }
}
