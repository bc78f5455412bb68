package gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    @Test
    void no_more_than_so_many_are_in_until_one_leaves() {
        ConcurrencyLimit inFlight = new ConcurrencyLimit(2);
        assertTrue(inFlight.enter());
        assertFalse(inFlight.isFull());
        assertTrue(inFlight.enter());
        assertTrue(inFlight.isFull());
        assertFalse(inFlight.enter());
        assertEquals(2, inFlight.count(), "who wasn't let in isn't there");
        inFlight.leave();
        assertTrue(inFlight.enter());
    }

    @Test
    void however_many_come_at_once() throws Exception {
        ConcurrencyLimit inFlight = new ConcurrencyLimit(3);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            all.add(threads.submit(() -> {
                for (int i = 0; i < 10_000; i++) {
                    if (inFlight.enter()) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        inFlight.leave();
                    }
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        assertTrue(most.get() <= 3, "at once: " + most);
        assertEquals(0, inFlight.count());
    }
}
