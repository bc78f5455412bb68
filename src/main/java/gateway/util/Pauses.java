package gateway.util;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses that may last, but only until they are closed: then those under way end at once, and no other begins. */
public final class Pauses implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Waits until this time has passed; not at all if it is zero or negative.
     *
     * @return true once the time has passed; false if the pauses are closed, before the pause or during it
     * @throws InterruptedException if the thread was interrupted
     */
    public boolean pause(Duration time) throws InterruptedException {
        return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
