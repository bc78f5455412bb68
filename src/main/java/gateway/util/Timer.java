package gateway.util;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread that runs short steps periodically. The steps do the work; tests call them directly. */
public final class Timer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    private final ScheduledExecutorService executor;

    /** Makes the gateway's timer. */
    public Timer() {
        this("gateway-timer");
    }

    /** Makes a timer with its own thread of this name, for steps that may take long. */
    public Timer(String name) {
        executor = Executors.newSingleThreadScheduledExecutor(Threads.daemons(name));
    }

    /**
     * Schedules a step to run after each pause. If it throws, even an Error, that is logged and the step runs again all
     * the same.
     */
    public void every(Duration pause, String name, Runnable step) {
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        step.run();
                    } catch (RuntimeException | Error e) {
                        LOG.error("Timer step {} failed", name, e);
                    }
                },
                pause.toNanos(),
                pause.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try { // so that no step uses parts that are closed next
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
