package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit.Standing;
import gateway.testing.FakeTime;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What looking at a limit costs Redis, and how old what is shown may be. */
class LooksTest {
    private static final ClientAddress CLIENT = new ClientAddress(1);
    private static final long SECOND = 1_000_000_000L;

    private final FakeTime time = new FakeTime(Long.MAX_VALUE - SECOND / 2);
    private final Looks looks = new Looks(time);
    private final AtomicInteger asked = new AtomicInteger();

    private Supplier<List<Standing>> redis(int used, long resetNanos) {
        return () -> {
            asked.incrementAndGet();
            return List.of(standing(used, resetNanos));
        };
    }

    private static Standing standing(int used, long resetNanos) {
        return new Standing(
                new LimitDecision(used < 5, 5 - used, resetNanos),
                used,
                List.of(60 * SECOND - resetNanos),
                true,
                "redis");
    }

    private Optional<Standing> look(ClientAddress client, int usedHere, Supplier<List<Standing>> redis) {
        return looks.standings("default", client, List.of(standing(usedHere, 0)), redis)
                .map(standings -> standings.get(0));
    }

    @Test
    void two_hundred_looks_within_a_second_are_one_question() {
        for (int i = 0; i < 200; i++) {
            assertEquals(3, look(CLIENT, 2, redis(3, 30 * SECOND)).orElseThrow().used());
            time.pass(Duration.ofMillis(4));
        }
        assertEquals(1, asked.get());
        time.pass(Duration.ofMillis(200));
        look(CLIENT, 2, redis(3, 30 * SECOND));
        assertEquals(2, asked.get(), "an answer is a second old at most");
    }

    @Test
    void two_hundred_looks_at_once_are_one_question() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch asking = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(200);
        try {
            List<Future<Optional<Standing>>> seen = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                seen.add(threads.submit(() -> look(CLIENT, 0, () -> {
                    asking.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return redis(4, SECOND).get();
                })));
            }
            asking.await();
            answer.countDown();
            for (Future<Optional<Standing>> look : seen) {
                assertEquals(4, look.get().orElseThrow().used());
            }
            assertEquals(1, asked.get());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void what_is_shown_ages_with_the_answer() {
        look(CLIENT, 1, redis(1, 30 * SECOND));
        time.pass(Duration.ofMillis(400));
        Standing later = look(CLIENT, 1, redis(1, 0)).orElseThrow();
        assertEquals(30 * SECOND - 400_000_000L, later.decision().resetNanos());
        assertEquals(List.of(30 * SECOND + 400_000_000L), later.ages());
        assertEquals(1, asked.get());
    }

    @Test
    void a_request_here_and_one_that_leaves_the_window_make_an_answer_old() {
        look(CLIENT, 1, redis(1, SECOND / 2));
        look(CLIENT, 2, redis(2, SECOND / 2));
        assertEquals(2, asked.get());
        time.pass(Duration.ofMillis(500));
        look(CLIENT, 2, redis(1, SECOND));
        assertEquals(3, asked.get());
    }

    @Test
    void many_clients_ask_no_more_than_is_bearable_and_the_rest_learns_what_is_known_here() {
        for (int i = 0; i < 1000; i++) {
            look(new ClientAddress(i), 0, redis(1, 30 * SECOND));
        }
        assertEquals(Looks.PER_SECOND, asked.get());
        assertEquals(Optional.empty(), look(new ClientAddress(2000), 0, redis(1, SECOND)));
        time.pass(Duration.ofSeconds(1));
        assertEquals(
                1,
                look(new ClientAddress(2000), 0, redis(1, SECOND)).orElseThrow().used());
    }

    @Test
    void no_answer_is_not_kept_and_neither_is_a_failure() {
        assertEquals(Optional.empty(), look(CLIENT, 0, () -> null));
        assertEquals(1, look(CLIENT, 0, redis(1, SECOND)).orElseThrow().used());
        assertEquals(1, asked.get());
    }
}
