package gateway.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AsyncQueueTest {
    private static void nothing() {}

    @Test
    void what_many_give_is_taken_once_each_and_each_ones_in_order() throws Exception {
        int givers = 4;
        int each = 50_000;
        List<long[]> taken = new ArrayList<>();
        AsyncQueue<long[]> queue = new AsyncQueue<>("numbers", 1 << 18, taken::add, AsyncQueueTest::nothing);
        queue.start();
        List<Thread> threads = new ArrayList<>();
        for (int giver = 0; giver < givers; giver++) {
            int number = giver;
            Thread thread = Threads.daemons("giver").newThread(() -> {
                for (int i = 0; i < each; i++) {
                    queue.add(new long[] {number, i});
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        queue.close();
        assertEquals(0, queue.dropped());
        assertEquals(givers * each, taken.size());
        long[] next = new long[givers];
        for (long[] thing : taken) {
            assertEquals(next[(int) thing[0]]++, thing[1]);
        }
    }

    @Test
    void under_pressure_everything_is_either_taken_or_counted_as_dropped() throws Exception {
        List<Integer> taken = new ArrayList<>();
        AsyncQueue<Integer> queue = new AsyncQueue<>("numbers", 16, taken::add, AsyncQueueTest::nothing);
        queue.start();
        List<Thread> threads = new ArrayList<>();
        for (int giver = 0; giver < 3; giver++) {
            Thread thread = Threads.daemons("giver").newThread(() -> {
                for (int i = 0; i < 100_000; i++) {
                    queue.add(i);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        queue.close();
        assertEquals(300_000, taken.size() + queue.dropped());
    }

    @Test
    void a_taker_that_sleeps_is_woken() throws Exception {
        BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
        AsyncQueue<Integer> queue = new AsyncQueue<>("numbers", 16, taken::add, AsyncQueueTest::nothing);
        queue.start();
        for (int i = 0; i < 20; i++) {
            queue.add(i);
            assertEquals(i, taken.poll(10, TimeUnit.SECONDS));
        }
        queue.close();
    }

    @Test
    void what_fails_is_no_reason_to_stop() {
        List<Integer> taken = new ArrayList<>();
        AsyncQueue<Integer> queue =
                new AsyncQueue<>("numbers", 16, number -> taken.add(10 / number), AsyncQueueTest::nothing);
        queue.add(5);
        queue.add(0);
        queue.add(2);
        queue.start();
        queue.close();
        assertEquals(List.of(2, 5), taken);
    }

    @Test
    void closing_waits_for_a_taker_that_is_stuck_but_not_for_ever() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AsyncQueue<Integer> queue = new AsyncQueue<>(
                "numbers",
                16,
                number -> {
                    stuck.countDown();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                AsyncQueueTest::nothing);
        queue.start();
        queue.add(1);
        stuck.await();
        queue.close();
        assertEquals(1, over.getCount());
        over.countDown();
    }

    @Test
    void a_full_queue_accepts_again_once_it_was_emptied() throws Exception {
        BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
        AsyncQueue<Integer> queue = new AsyncQueue<>("numbers", 4, taken::add, AsyncQueueTest::nothing);
        for (int i = 0; i < 6; i++) {
            queue.add(i);
        }
        assertEquals(2, queue.dropped());
        assertEquals(4, queue.size());
        queue.start();
        for (int i = 0; i < 4; i++) {
            assertEquals(i, taken.poll(10, TimeUnit.SECONDS));
        }
        queue.close();
        assertEquals(0, queue.size());
        assertTrue(taken.isEmpty());
        queue.add(6);
        assertEquals(2, queue.dropped());
        assertFalse(queue.size() == 0);
    }
}
