package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.RateLimit.Standing;
import gateway.limit.RateLimit.Usage;
import gateway.route.Limit;
import gateway.testing.FakeTime;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several limits in this gateway's memory. */
class JointLimitTest extends SeveralLimitsContract {
    // Near the end of long, so that every test also crosses the overflow of the monotonic clock.
    private final FakeTime time =
            new FakeTime(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

    @Override
    protected Asked of(List<Limit> limits) {
        MemoryLimit memory = memory(limits, new Room(1000, time));
        return new Asked() {
            @Override
            public LimitDecision take(LimitKey key) {
                return memory.take(key);
            }

            @Override
            public LimitDecision look(LimitKey key) {
                return memory.look(key);
            }

            @Override
            public LimitDecision giveBack(LimitKey key, LimitDecision taken) {
                return memory.giveBack(key, taken);
            }

            @Override
            public List<Standing> explain(LimitKey key) {
                return memory.explain(key);
            }
        };
    }

    private MemoryLimit memory(List<Limit> limits, Room room) {
        List<SlidingWindow> parts = CountedBy.of(limits).stream()
                .map(kind -> new SlidingWindow(limits, kind, new Windows(room, time), time))
                .toList();
        return parts.size() == 1 ? parts.get(0) : new JointLimit(limits, parts, time);
    }

    @Override
    protected void pass(Duration duration) {
        time.pass(duration);
    }

    private static LimitKey key(long client, ClientAddress other) {
        return LimitKey.of(List.of(new ClientAddress(client), other));
    }

    private static LimitKey by(long client) {
        return key(client, ClientAddress.ALL);
    }

    @Test
    void of_200_requests_at_once_exactly_as_many_pass_as_the_smaller_limit_allows() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            for (int round = 0; round < 50; round++) {
                boolean routeIsSmaller = round % 2 == 0;
                MemoryLimit limits = memory(
                        limits(
                                routeIsSmaller ? "9/60s by client" : "7/60s by client",
                                routeIsSmaller ? "7/60s by route" : "9/60s by route"),
                        new Room(1000, time));
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Integer>> passed = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    passed.add(threads.submit(() -> {
                        start.await();
                        int own = 0;
                        for (int request = 0; request < 10; request++) {
                            own += limits.take(by(1)).allowed() ? 1 : 0;
                        }
                        return own;
                    }));
                }
                start.countDown();
                int sum = 0;
                for (Future<Integer> some : passed) {
                    sum += some.get();
                }
                assertEquals(7, sum);
                assertEquals(7, limits.explain(by(1)).get(0).used());
                assertEquals(7, limits.explain(by(1)).get(1).used());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Two routes' objects for the same windows, as after a change of the limits' order: the locks' order stays. */
    @Test
    void limits_that_are_written_in_another_order_do_not_block_each_other() throws Exception {
        Room room = new Room(1000, time);
        List<Limit> one = limits("1000000/60s by client", "1000000/60s by header:X-Key", "1000000/60s by route");
        List<Limit> turned = List.of(one.get(2), one.get(1), one.get(0));
        List<Windows> tables = List.of(new Windows(room, time), new Windows(room, time), new Windows(room, time));
        List<JointLimit> both = new ArrayList<>();
        for (List<Limit> limits : List.of(one, turned)) {
            List<SlidingWindow> parts = new ArrayList<>();
            for (CountedBy kind : CountedBy.of(limits)) {
                parts.add(new SlidingWindow(limits, kind, tables.get(parts.size()), time));
            }
            both.add(new JointLimit(limits, parts, time));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                JointLimit limit = both.get(i % 2);
                done.add(threads.submit(() -> {
                    for (int request = 0; request < 20_000; request++) {
                        limit.take(LimitKey.of(List.of(
                                new ClientAddress(request % 3),
                                ClientAddress.hashed("" + request % 2),
                                ClientAddress.ALL)));
                        if (request % 1000 == 0) {
                            room.sweep();
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(60, TimeUnit.SECONDS);
            }
            assertEquals(
                    80_000,
                    both.get(0)
                            .explain(LimitKey.of(
                                    List.of(new ClientAddress(0), ClientAddress.hashed("0"), ClientAddress.ALL)))
                            .get(2)
                            .used());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_client_over_its_limit_can_not_fill_the_tables_by_making_up_values() {
        Room room = new Room(1000, time);
        MemoryLimit limits = memory(limits("2/60s by client", "5/60s by header:X-Key"), room);
        for (int i = 0; i < 500; i++) {
            limits.take(key(1, ClientAddress.hashed("made up " + i)));
        }
        assertEquals(3, room.count(), "the client, and the two values that passed");
        assertFalse(limits.take(key(1, ClientAddress.hashed("another"))).allowed());
    }

    @Test
    void a_share_of_each_limit_can_be_had() {
        MemoryLimit limits = memory(limits("5/60s by client", "9/60s by route"), new Room(1000, time));
        assertEquals(new LimitDecision(true, 1, 60_000_000_000L), limits.take(by(1), 3));
        assertEquals(new LimitDecision(true, 0, 60_000_000_000L), limits.take(by(1), 3));
        assertFalse(limits.take(by(1), 3).allowed(), "two of five");
        assertTrue(limits.take(by(2), 3).allowed());
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L, 0, 0, 1), limits.take(by(3), 3), "three of nine");
        assertTrue(limits.take(by(3)).allowed());
    }

    @Test
    void what_the_store_let_through_fills_all_limits_and_whichever_is_full_refuses() {
        MemoryLimit limits = memory(limits("3/60s by client", "4/60s by route"), new Room(1000, time));
        for (int i = 0; i < 3; i++) {
            assertNull(limits.refusal(by(1)));
            limits.record(by(1), time.nanos());
        }
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L), limits.refusal(by(1)));
        assertNull(limits.refusal(by(2)));
        limits.record(by(2), time.nanos());
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L, 0, 0, 1), limits.refusal(by(3)));
        assertNotNull(limits.refusal(by(2)));
    }

    @Test
    void the_fullest_of_all_limits_come_first() {
        MemoryLimit limits = memory(limits("2/1s by client", "4/60s by client", "100/60s by route"), new Room(9, time));
        limits.take(by(1));
        limits.take(by(1));
        time.pass(Duration.ofSeconds(1));
        limits.take(by(1));
        limits.take(by(2));
        assertEquals(
                List.of(
                        new Usage(new ClientAddress(1), 1, 3, 1, 0, 60_000_000_000L),
                        new Usage(new ClientAddress(2), 0, 1, 1, 0, 1_000_000_000L)),
                limits.fullest(2));
        assertEquals(3, limits.fullest(9).size());
        assertEquals(3, limits.clients());
    }
}
