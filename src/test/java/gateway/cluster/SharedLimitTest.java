package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.Limits;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Sharing;
import gateway.limit.RateLimit.Standing;
import gateway.limit.SlidingWindow;
import gateway.registry.ClusterMembers;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.route.Routes;
import gateway.settings.InvalidSettings;
import gateway.settings.Rate;
import gateway.settings.RedisSettings;
import gateway.settings.RedisSettings.Fallback;
import gateway.settings.RedisUrl;
import gateway.testing.Await;
import gateway.testing.TcpProxy;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.testing.TestRoutes;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

@Tag("redis")
class SharedLimitTest {
    private static final ClientAddress CLIENT = new ClientAddress(0x0000_ffff_c000_0201L);
    private static final String KEY = "gateway:limit:{192.0.2.1}";

    private final Time time = Time.system();
    private final ClusterMembers gateways = ClusterMembers.startingAt(time.now(), "1.0.0");

    /** A gateway's limit of the default route, and what it shares with others. */
    private record Gateway(SharedLimits shared, RateLimit limit) implements AutoCloseable {
        void start() {
            shared.start();
        }

        LimitDecision take(ClientAddress client) {
            return limit.take(client);
        }

        LimitDecision look(ClientAddress client) {
            return limit.look(client);
        }

        Standing explain(ClientAddress client) {
            return limit.explain(client).get(0);
        }

        Sharing sharing() {
            return limit.sharing().orElseThrow();
        }

        @Override
        public void close() {
            shared.close();
        }
    }

    private Gateway limit(RedisSettings settings) {
        return limit(settings, "5/60s");
    }

    private Gateway limit(RedisSettings settings, String rate) {
        SharedLimits shared = new SharedLimits(settings, gateways, time);
        return new Gateway(shared, shared.limit(RouteConfig.DEFAULT, new SlidingWindow(Rate.parse(rate), 1000, time)));
    }

    private static RedisSettings settings(String url, Fallback fallback, boolean required) {
        return new RedisSettings(RedisUrl.parse(url), "gateway", Duration.ofSeconds(5), fallback, required);
    }

    private static int passOf(int requests, Gateway limit) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += limit.take(CLIENT).allowed() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void two_gateways_share_one_limit() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway first = limit(redis.settings());
                Gateway second = limit(redis.settings())) {
            first.start();
            second.start();
            assertEquals(3, passOf(3, first));
            assertEquals(2, second.look(CLIENT).remaining());
            assertEquals(2, passOf(9, second));
            assertEquals(0, passOf(9, first));
            Standing standing = first.explain(CLIENT);
            assertEquals("redis", standing.store());
            assertEquals(5, standing.used());
            assertEquals(5, standing.ages().size());
        }
    }

    @Test
    void who_has_filled_the_window_here_is_refused_without_asking_redis() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            assertEquals(5, passOf(5, limit));
            long asked = limit.sharing().shared();
            LimitDecision refused = limit.take(CLIENT);
            assertFalse(refused.allowed());
            assertTrue(refused.resetNanos() > 50_000_000_000L);
            assertEquals(asked, limit.sharing().shared());
        }
    }

    /** The settings of a gateway whose requests wait shorter than Redis may take, which no user can set. */
    private static RedisSettings hasty(TcpProxy wire, Fallback fallback) {
        RedisUrl url = RedisUrl.parse("redis://127.0.0.1:" + wire.port());
        return new RedisSettings(url, "gateway", Duration.ofSeconds(30), Duration.ofMillis(2500), fallback, false);
    }

    /** Whatever this gateway decides before Redis's answer is there, Redis has counted in the end what passed. */
    @ParameterizedTest(name = "where the fallback is {0}, {1} counts in the end")
    @CsvSource({"CLOSED, 0", "LOCAL, 1"})
    void what_passes_counts_in_redis_and_what_is_refused_does_not_though_redis_answers_late(
            Fallback fallback, int counts) throws Exception {
        ClientAddress other = new ClientAddress(77);
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                TcpProxy wire = new TcpProxy(redis.port());
                Gateway limit = limit(hasty(wire, fallback), "100/1h")) {
            limit.start();
            wire.latency(Duration.ofMillis(1500));
            long answered = wire.bytesReceived();
            Thread leader = new Thread(() -> limit.take(other));
            leader.start();
            Await.until("the first in Redis", () -> jedis.llen("gateway:limit:{" + other + "}") == 1);
            Await.until("its answer on the wire", () -> wire.bytesReceived() > answered);
            wire.latency(Duration.ofSeconds(5)); // for the next two, which are sent together when the first is answered
            Thread next = new Thread(() -> limit.take(other));
            next.start();
            Await.until("the second in the queue", () -> next.getState() == Thread.State.WAITING);
            assertEquals(fallback == Fallback.LOCAL, limit.take(CLIENT).allowed());
            assertEquals(1, jedis.llen(KEY), "sent, though nobody waits for it any more");
            wire.latency(Duration.ZERO);
            leader.join();
            next.join();
            limit.take(other); // with which what was refused is given back
            assertEquals(counts, jedis.llen(KEY));
        }
    }

    /** 200 times GET /stats were 200 scripts in Redis, also for a client that was refused without one. */
    @Test
    void looking_costs_redis_next_to_nothing_and_nothing_for_who_is_refused_here() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                Gateway limit = limit(redis.settings());
                Gateway other = limit(redis.settings())) {
            limit.start();
            other.start();
            assertEquals(1, passOf(1, other));
            assertEquals(3, passOf(3, limit));
            long before = scripts(jedis);
            for (int i = 0; i < 200; i++) {
                assertEquals(1, limit.look(CLIENT).remaining());
                assertEquals(4, limit.explain(CLIENT).used());
            }
            long asked = scripts(jedis) - before;
            assertTrue(asked <= 20, asked + " scripts: one a second, and the probes");
            assertEquals(1, passOf(1, limit));
            assertEquals(0, limit.look(CLIENT).remaining(), "one's own request shows at once");

            ClientAddress busy = new ClientAddress(7);
            for (int i = 0; i < 5; i++) {
                limit.take(busy);
            }
            before = scripts(jedis);
            for (int i = 0; i < 200; i++) {
                assertFalse(limit.look(busy).allowed());
                assertEquals(5, limit.explain(busy).used());
            }
            asked = scripts(jedis) - before;
            assertTrue(asked <= 20, asked + " scripts: the probes");
        }
    }

    private static long scripts(Jedis jedis) {
        return jedis.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:calls="))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+).*", "$1")))
                .sum();
    }

    /** The memory is fed while Redis decides: the budget of whoever has used it up isn't a fresh one when Redis goes. */
    @ParameterizedTest(name = "{0}: of 9 more requests after 4, {1} pass")
    @CsvSource({"DIVIDE, 1, 5", "LOCAL, 1, 5", "OPEN, 9, 5", "CLOSED, 0, 4"})
    void when_redis_goes_the_fallback_holds_and_the_past_counts(Fallback fallback, int passes, int used)
            throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway limit = limit(settings(redis.url(), fallback, false))) {
            limit.start();
            assertEquals(4, passOf(4, limit));
            redis.kill();
            for (int i = 1; i <= 3; i++) {
                limit.take(new ClientAddress(i)); // by others' requests it is found out
            }
            assertFalse(limit.sharing().up());
            assertEquals(passes, passOf(9, limit));
            assertEquals(used, limit.explain(CLIENT).used());
            assertEquals("memory of this gateway", limit.explain(CLIENT).store());
            LimitDecision decision = limit.take(CLIENT);
            assertEquals(fallback == Fallback.OPEN, decision.allowed());
            assertTrue(decision.resetNanos() > 0);
        }
    }

    /** A key of another kind in a client's place once made the breaker flap, three times a second, for everybody. */
    @Test
    void a_key_of_another_kind_concerns_its_client_alone() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            jedis.set(KEY, "x");
            assertEquals(5, passOf(9, limit), "by memory");
            assertTrue(limit.sharing().up());
            assertEquals(5, limit.sharing().failures());
            jedis.del(KEY);
            assertEquals(0, passOf(9, limit));
        }
    }

    @Test
    void without_redis_a_failure_is_counted_three_times_and_then_nobody_asks() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            redis.kill();
            for (int i = 0; i < 100; i++) {
                limit.take(new ClientAddress(i));
            }
            Sharing sharing = limit.sharing();
            assertFalse(sharing.up());
            assertEquals(3, sharing.failures());
            assertEquals(100, sharing.alone());
        }
    }

    @Test
    void a_probe_brings_redis_back_and_what_passed_meanwhile_still_counts_here() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            redis.kill();
            assertEquals(5, passOf(9, limit));
            redis.startAgain();
            limit.shared().probe();
            await(limit, true);
            assertFalse(limit.look(CLIENT).allowed(), "what is shown is what a request would meet");
            assertEquals("memory of this gateway", limit.explain(CLIENT).store());
            assertEquals(5, limit.explain(CLIENT).used());
            assertEquals(0, passOf(9, limit), "Redis knows nothing of the five, this gateway does");
            assertTrue(limit.take(new ClientAddress(7)).allowed());
            assertEquals(1, limit.sharing().shared(), "looking decides nothing");
        }
    }

    /** A full disk, a full memory, a replica: Redis answers, but can't write. A PING would find nothing amiss. */
    @Test
    void a_redis_that_can_not_write_is_down() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            jedis.replicaof("127.0.0.1", TestBackend.deadPort());
            assertEquals(5, passOf(9, limit));
            Sharing sharing = limit.sharing();
            assertFalse(sharing.up());
            assertTrue(sharing.words().contains("READONLY"), sharing.words());
            limit.shared().probe();
            assertFalse(limit.sharing().up(), "reading isn't enough");
            jedis.replicaofNoOne();
            await(limit, true);
            assertEquals(0, jedis.llen(KEY));
        }
    }

    @Test
    void a_redis_that_goes_while_nobody_asks_is_noticed_all_the_same() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway limit = limit(redis.settings())) {
            limit.start();
            redis.kill();
            await(limit, false);
            redis.startAgain();
            await(limit, true);
        }
    }

    /** Waits for what the background probe finds. */
    private static void await(Gateway limit, boolean up) throws Exception {
        Await.until("up is " + up, () -> limit.sharing().up() == up);
    }

    @Test
    void a_gateway_without_redis_starts_limited_by_memory() throws IOException {
        try (Gateway limit =
                limit(settings("redis://user:secret@127.0.0.1:" + TestBackend.deadPort(), Fallback.DIVIDE, false))) {
            limit.start();
            assertEquals("connection refused", limit.sharing().words());
            assertEquals(5, passOf(9, limit));
            assertEquals(1, limit.sharing().failures(), "no request asked");
        }
    }

    @Test
    void a_gateway_that_needs_redis_does_not_start_without_and_keeps_the_password_to_itself() throws IOException {
        int port = TestBackend.deadPort();
        try (Gateway limit = limit(settings("redis://user:secret@127.0.0.1:" + port, Fallback.DIVIDE, true))) {
            InvalidSettings bad = assertThrows(InvalidSettings.class, limit::start);
            assertEquals(
                    "GATEWAY_REDIS_URL: Redis at redis://127.0.0.1:" + port + " can't be used: connection refused;"
                            + " fix this, or let the gateway start without Redis: GATEWAY_REDIS_REQUIRED=false",
                    bad.getMessage());
        }
    }

    // --- several limits of a route ---------------------------------------------------------------------------------

    private static final List<Limit> BOTH = List.of(Limit.parse("4/60s by client"), Limit.parse("6/60s by route"));

    /** The limits {@link #BOTH} of a route, of a gateway that has no others. */
    private Gateway both(RedisSettings settings) {
        SharedLimits shared = new SharedLimits(settings, gateways, time);
        return new Gateway(shared, both(shared));
    }

    private RateLimit both(SharedLimits shared) {
        Routes routes = TestRoutes.usual(new ServiceList(time));
        routes.put(TestRoutes.named("shop", BOTH));
        return Limits.of(routes, shared, 1000, time).of("shop").orElseThrow().limit();
    }

    private static LimitKey by(int client) {
        return LimitKey.of(List.of(new ClientAddress(client), ClientAddress.ALL));
    }

    private static int passOf(int requests, Gateway gateway, LimitKey key) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += gateway.limit().take(key).allowed() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void two_gateways_share_several_limits_and_a_refusal_takes_from_none() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway first = both(redis.settings());
                Gateway second = both(redis.settings())) {
            first.start();
            second.start();
            assertEquals(3, passOf(3, first, by(1)));
            assertEquals(1, passOf(9, second, by(1)), "by the client's");
            assertEquals(2, passOf(9, first, by(2)), "by the route's");
            LimitDecision refused = second.limit().take(by(3));
            assertFalse(refused.allowed());
            assertEquals(1, refused.limit());
            List<Standing> standings = second.limit().explain(by(2));
            assertEquals(2, standings.get(0).used());
            assertEquals(6, standings.get(1).used());
            assertEquals("redis", standings.get(1).store());
            assertEquals(0, second.limit().explain(by(3)).get(0).used());

            LimitDecision taken = first.limit().take(by(4));
            assertFalse(taken.allowed());
        }
    }

    @Test
    void what_is_given_back_is_given_back_to_all_limits() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway first = both(redis.settings());
                Gateway second = both(redis.settings())) {
            first.start();
            second.start();
            LimitDecision taken = first.limit().take(by(1));
            assertEquals(3, first.limit().look(by(1)).remaining());
            assertEquals(4, first.limit().giveBack(by(1), taken).remaining());
            assertEquals(0, second.limit().explain(by(1)).get(0).used());
            assertEquals(0, second.limit().explain(by(1)).get(1).used());
            assertEquals(4, passOf(9, first, by(1)));
        }
    }

    @Test
    void of_200_requests_at_once_to_two_gateways_exactly_as_many_pass_as_the_smaller_limit_allows() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (TestRedis redis = TestRedis.start();
                Gateway first = both(redis.settings());
                Gateway second = both(redis.settings())) {
            first.start();
            second.start();
            List<Future<Boolean>> passed = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int number = i;
                passed.add(threads.submit(() -> (number % 2 == 0 ? first : second)
                        .limit()
                        .take(by(number % 5))
                        .allowed()));
            }
            int sum = 0;
            for (Future<Boolean> each : passed) {
                sum += each.get() ? 1 : 0;
            }
            assertEquals(6, sum);
            assertEquals(6, first.limit().explain(by(0)).get(1).used());
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(name = "{0}: of 9 more requests of a client after 3, {1} pass, and then {2} of another")
    @CsvSource({"DIVIDE, 1, 2", "LOCAL, 1, 2", "OPEN, 9, 9", "CLOSED, 0, 0"})
    void when_redis_goes_the_fallback_holds_for_all_limits(Fallback fallback, int own, int other) throws Exception {
        try (TestRedis redis = TestRedis.start();
                Gateway gateway = both(settings(redis.url(), fallback, false))) {
            gateway.start();
            assertEquals(3, passOf(3, gateway, by(1)));
            redis.kill();
            Await.until("the fallback", () -> {
                gateway.shared().probe();
                return !gateway.sharing().up();
            });
            assertEquals(own, passOf(9, gateway, by(1)));
            assertEquals(other, passOf(9, gateway, by(2)));
            LimitDecision decision = gateway.limit().take(by(2));
            assertEquals(fallback == Fallback.OPEN, decision.allowed());
            assertTrue(decision.resetNanos() > 0);
            assertEquals(
                    "memory of this gateway",
                    gateway.limit().explain(by(2)).get(0).store());
            assertEquals(decision.allowed(), gateway.limit().look(by(2)).allowed());
        }
    }

    @Test
    void a_request_that_fills_one_of_several_limits_here_is_refused_without_asking_redis() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                Gateway gateway = both(redis.settings())) {
            gateway.start();
            assertEquals(4, passOf(4, gateway, by(1)));
            assertEquals(2, passOf(2, gateway, by(2)));
            long asked = gateway.sharing().shared();
            assertFalse(gateway.limit().take(by(1)).allowed());
            assertEquals(1, gateway.limit().take(by(3)).limit(), "the route's");
            assertEquals(asked, gateway.sharing().shared());
            long before = scripts(jedis);
            for (int i = 0; i < 200; i++) {
                gateway.limit().look(by(i));
                gateway.limit().explain(by(1));
            }
            long looked = scripts(jedis) - before;
            assertTrue(looked <= 20, looked + " scripts: the probes");
        }
    }

    @Test
    void looking_at_several_limits_is_one_script_a_second() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                Gateway gateway = both(redis.settings())) {
            gateway.start();
            assertEquals(1, passOf(1, gateway, by(1)));
            long before = scripts(jedis);
            for (int i = 0; i < 200; i++) {
                assertEquals(3, gateway.limit().look(by(1)).remaining());
            }
            long looked = scripts(jedis) - before;
            assertTrue(looked <= 20, looked + " scripts: one a second, and the probes");
        }
    }

    @Test
    void without_any_limit_redis_is_left_alone_until_a_route_gets_its_first() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client();
                SharedLimits shared = new SharedLimits(redis.settings(), gateways, time)) {
            shared.start();
            assertEquals(Optional.empty(), shared.sharing());
            assertEquals(0, scripts(jedis));
            Gateway gateway = new Gateway(shared, both(shared));
            Await.until(
                    "the access",
                    () -> gateway.limit().explain(by(1)).get(0).store().equals("redis"));
            assertEquals(4, passOf(9, gateway, by(1)));
            assertTrue(gateway.sharing().up());
        }
    }

    @Test
    void a_first_limit_that_comes_while_redis_is_away_holds_by_memory() throws Exception {
        RedisSettings settings = settings("redis://127.0.0.1:" + TestBackend.deadPort(), Fallback.DIVIDE, true);
        try (SharedLimits shared = new SharedLimits(settings, gateways, time)) {
            shared.start();
            Gateway gateway = new Gateway(shared, both(shared));
            assertEquals(4, passOf(9, gateway, by(1)));
            Await.until("the attempt", () -> !gateway.sharing().up());
            assertEquals(2, passOf(9, gateway, by(2)));
        }
    }
}
