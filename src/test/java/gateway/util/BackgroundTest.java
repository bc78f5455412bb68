package gateway.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the gateway does in the background goes on whatever happens once: there is nobody to start it again. */
class BackgroundTest {
    static List<Throwable> thrown() {
        return List.of(
                new OutOfMemoryError("once"),
                new StackOverflowError("once"),
                new NoClassDefFoundError("once"),
                new IllegalStateException("once"));
    }

    private static void raise(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("thrown")
    void a_loop_goes_on_after_what_a_step_threw_and_ends_when_it_is_to(Throwable thrown) throws Exception {
        CountDownLatch again = new CountDownLatch(3);
        Loop loop = new Loop("test", () -> {
            again.countDown();
            if (again.getCount() == 2) {
                raise(thrown);
            }
        });
        loop.start();
        assertTrue(again.await(30, TimeUnit.SECONDS));
        assertEquals(Optional.empty(), loop.failed());
        loop.end();
        assertTrue(loop.join(Duration.ofSeconds(30)));
        assertEquals(Optional.empty(), loop.failed(), "somebody wanted that");
    }

    /** Throws what the compiler lets no step throw, as code in other languages may. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> void raiseUnseen() throws X {
        throw (X) new IOException("none of a step's");
    }

    @Test
    void what_ends_for_good_says_so() throws Exception {
        Loop loop = new Loop("loop", BackgroundTest::<RuntimeException>raiseUnseen);
        loop.start();
        assertTrue(loop.join(Duration.ofSeconds(30)));
        assertEquals(Optional.of("loop"), loop.failed());
        try (AsyncQueue<String> queue =
                        new AsyncQueue<>("queue", 1, item -> {}, BackgroundTest::<RuntimeException>raiseUnseen);
                Timer timer = new Timer("timer")) {
            queue.start();
            timer.every(Duration.ofMillis(1), "step", BackgroundTest::<RuntimeException>raiseUnseen);
            Await.until(
                    "their ends",
                    () -> queue.failed().isPresent() && timer.failed().equals(List.of("step")));
        }
    }

    @Test
    void an_interrupt_of_its_step_ends_no_loop_unless_it_is_to_end() throws Exception {
        BlockingQueue<Thread> turns = new LinkedBlockingQueue<>();
        Loop loop = new Loop("test", () -> {
            turns.add(Thread.currentThread());
            new CountDownLatch(1).await(); // until it is interrupted
        });
        loop.start();
        turns.take().interrupt();
        turns.take();
        loop.interrupt();
        assertTrue(loop.join(Duration.ofSeconds(30)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("thrown")
    void a_timer_runs_a_step_again_after_what_it_threw(Throwable thrown) throws Exception {
        CountDownLatch again = new CountDownLatch(3);
        try (Timer timer = new Timer("test")) {
            timer.every(Duration.ofMillis(1), "step", () -> {
                again.countDown();
                if (again.getCount() == 2) {
                    raise(thrown);
                }
            });
            assertTrue(again.await(30, TimeUnit.SECONDS));
            assertEquals(List.of(), timer.failed());
        }
    }

    /** The queue's thread emptied it, and then threw: nobody wrote a line of the log any more. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("thrown")
    void a_queue_goes_on_after_what_its_consumer_or_its_flush_threw(Throwable thrown) throws Exception {
        BlockingQueue<String> consumed = new LinkedBlockingQueue<>();
        AtomicInteger flushes = new AtomicInteger();
        try (AsyncQueue<String> queue = new AsyncQueue<>(
                "test",
                10,
                item -> {
                    consumed.add(item);
                    if (item.equals("first")) {
                        raise(thrown);
                    }
                },
                () -> {
                    if (flushes.incrementAndGet() <= 3) {
                        raise(thrown);
                    }
                })) {
            queue.start();
            queue.add("first");
            assertEquals("first", consumed.take());
            Await.until("some flushes", () -> flushes.get() > 3);
            queue.add("second");
            assertEquals("second", consumed.take());
            assertEquals(Optional.empty(), queue.failed());
        }
    }
}
