package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.testing.FakeTime;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SlidingWindowTest extends WindowContract {
    private static final Rate FIVE_A_MINUTE = Rate.parse("5/60s");
    private static final int MANY = 1000;

    // Near the end of long, so that every test also crosses the overflow of the monotonic clock.
    private final FakeTime time =
            new FakeTime(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());
    private final Room room = new Room(MANY, time);
    private final SlidingWindow limit = new SlidingWindow(FIVE_A_MINUTE, room, time);

    @Override
    protected Asked of(Rate rate) {
        SlidingWindow window = new SlidingWindow(rate, MANY, time);
        return new Asked() {
            @Override
            public LimitDecision take(ClientAddress client) {
                return window.take(client);
            }

            @Override
            public LimitDecision look(ClientAddress client) {
                return window.look(client);
            }

            @Override
            public LimitDecision giveBack(ClientAddress client, LimitDecision taken) {
                return window.giveBack(client, taken);
            }

            @Override
            public RateLimit.Standing explain(ClientAddress client) {
                return window.explain(client).get(0);
            }
        };
    }

    @Override
    protected void pass(Duration duration) {
        time.pass(duration);
    }

    private int passOf(int requests, SlidingWindow limit, ClientAddress client) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += limit.take(client).allowed() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void who_shares_because_there_are_too_many_is_told_so() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 1, time);
        small.take(client(1));
        small.take(client(2));
        assertTrue(small.explain(client(1)).get(0).own());
        assertFalse(small.explain(client(2)).get(0).own());
        assertEquals(1, small.explain(client(3)).get(0).used());
    }

    @Test
    void the_fullest_clients_come_first_with_when_they_are_free_again() {
        passOf(2, limit, client(1));
        time.pass(Duration.ofSeconds(20));
        passOf(5, limit, client(2));
        passOf(1, limit, client(3));
        time.pass(Duration.ofSeconds(10));
        assertEquals(
                List.of(
                        new RateLimit.Usage(client(2), 0, 5, 0, 50_000_000_000L, 50_000_000_000L),
                        new RateLimit.Usage(client(1), 0, 2, 3, 0, 30_000_000_000L)),
                limit.fullest(2));
        time.pass(Duration.ofSeconds(55));
        assertEquals(List.of(), limit.fullest(2));
    }

    @Test
    void of_200_requests_at_once_exactly_5_pass() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            for (int round = 0; round < 50; round++) {
                ClientAddress client = client(round);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Integer>> passed = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    passed.add(threads.submit(() -> {
                        start.await();
                        return passOf(10, limit, client);
                    }));
                }
                start.countDown();
                int sum = 0;
                for (Future<Integer> some : passed) {
                    sum += some.get();
                }
                assertEquals(5, sum);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void idle_clients_are_forgotten_and_active_ones_are_not() {
        limit.take(client(1));
        time.pass(Duration.ofSeconds(30));
        assertEquals(5, passOf(5, limit, client(2)));
        time.pass(Duration.ofSeconds(30));
        room.sweep();
        assertEquals(1, limit.clients());
        assertEquals(0, passOf(5, limit, client(2)), "the active client's past is kept");
    }

    @Test
    void with_a_full_table_newcomers_share_one_budget_and_nobodys_past_is_lost() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 3, time);
        for (int i = 1; i <= 3; i++) {
            assertEquals(5, passOf(9, small, client(i)));
        }
        int passed = 0;
        for (int newcomer = 100; newcomer < 200; newcomer++) {
            passed += passOf(1, small, client(newcomer));
        }
        assertEquals(5, passed, "a hundred newcomers have five requests between them");
        assertEquals(3, small.clients(), "the table has not grown");
        for (int i = 1; i <= 3; i++) {
            assertEquals(0, passOf(9, small, client(i)), "whoever was remembered has no fresh budget");
        }
    }

    @Test
    void a_full_table_of_idle_clients_makes_room_by_itself() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 3, time);
        for (int i = 1; i <= 3; i++) {
            small.take(client(i));
        }
        time.pass(Duration.ofSeconds(60));
        assertEquals(new LimitDecision(true, 4, 60_000_000_000L), small.take(client(9)));
        assertEquals(1, small.clients());
    }

    @Test
    void whoever_had_to_share_starts_an_own_window_with_the_shared_past() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 1, time);
        small.take(client(1));
        time.pass(Duration.ofSeconds(40));
        assertEquals(5, passOf(5, small, client(2)), "by the common window");
        time.pass(Duration.ofSeconds(20)); // client 1 is idle now
        assertEquals(0, passOf(5, small, client(2)), "in a window of its own, but not with a fresh budget");
        assertEquals(1, small.clients());
    }

    @Test
    void a_random_history_is_decided_as_by_the_plainest_limiter_one_could_write() {
        Random random = new Random(42);
        Map<Integer, ArrayDeque<Long>> plain = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 100_000; step++) {
            long pause = random.nextInt(5) == 0 ? random.nextInt(20_000) : random.nextInt(50);
            now += pause;
            time.pass(Duration.ofMillis(pause));
            int number = random.nextInt(20);
            ArrayDeque<Long> times = plain.computeIfAbsent(number, any -> new ArrayDeque<>());
            while (!times.isEmpty() && now - times.peekFirst() >= 60_000) {
                times.removeFirst();
            }
            boolean allowed = times.size() < 5;
            if (allowed) {
                times.addLast(now);
            }
            long reset = (times.peekFirst() + 60_000 - now) * 1_000_000;
            assertEquals(
                    new LimitDecision(allowed, 5 - times.size(), reset), limit.take(client(number)), "step " + step);
            if (step % 1000 == 0) {
                room.sweep();
            }
        }
    }

    @Test
    void by_a_share_less_passes_and_the_rest_of_the_past_counts() {
        assertEquals(new LimitDecision(true, 1, 60_000_000_000L), limit.take(client(1), 3), "2 of 5: rounded up");
        assertEquals(new LimitDecision(true, 0, 60_000_000_000L), limit.take(client(1), 3));
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L), limit.take(client(1), 3));
        time.pass(Duration.ofSeconds(10));
        assertEquals(3, passOf(9, limit, client(1)), "by the whole limit three more");
        assertEquals(
                new LimitDecision(false, 0, 60_000_000_000L),
                limit.look(client(1), 3),
                "five count: one of two may pass when four of them have left");
        time.pass(Duration.ofSeconds(50));
        assertEquals(new LimitDecision(false, 0, 10_000_000_000L), limit.take(client(1), 3));
        assertEquals(new LimitDecision(false, 0, 10_000_000_000L), limit.take(client(1), 2));
        assertEquals(new LimitDecision(true, 1, 10_000_000_000L), limit.take(client(1), 1));
    }

    @Test
    void what_others_let_through_is_counted_by_when_it_came() {
        long asked = time.nanos();
        time.pass(Duration.ofSeconds(1));
        limit.take(client(1));
        limit.record(client(1), asked);
        assertEquals(
                List.of(1_000_000_000L, 0L), limit.explain(client(1)).get(0).ages(), "in their order");
        assertNull(limit.refusal(client(1)));
        for (int i = 0; i < 9; i++) {
            limit.record(client(1), time.nanos());
        }
        assertEquals(5, limit.explain(client(1)).get(0).used(), "no more than the limit are kept: the latest");
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L), limit.refusal(client(1)));
        assertNull(limit.refusal(client(2)));
    }

    @Test
    void what_others_let_through_of_a_client_without_room_is_nobodys() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 1, time);
        small.take(client(1));
        for (int i = 0; i < 9; i++) {
            small.record(client(2), time.nanos());
        }
        assertNull(small.refusal(client(2)));
        assertTrue(small.look(client(3)).allowed());
    }

    @Test
    void who_took_over_the_common_past_is_not_refused_for_it_alone() {
        SlidingWindow small = new SlidingWindow(FIVE_A_MINUTE, 1, time);
        small.take(client(1));
        time.pass(Duration.ofSeconds(40));
        assertEquals(5, passOf(5, small, client(2)), "by the common window");
        time.pass(Duration.ofSeconds(20)); // client 1 is idle now
        assertFalse(small.take(client(3)).allowed(), "in a window of its own with client 2's past");
        assertNull(small.refusal(client(3)));
    }
}
