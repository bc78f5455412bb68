package gateway.util;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread that calls short steps again and again. The steps do the work and are what tests call. */
public final class Timer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    private final ScheduledExecutorService executor;

    /** The gateway's own. */
    public Timer() {
        this("gateway-timer");
    }

    /** One for steps that may take long, with a thread of this name. */
    public Timer(String name) {
        executor = Executors.newSingleThreadScheduledExecutor(Threads.daemons(name));
    }

    /** Calls the step after each pause from now on; a step that fails, however badly, is logged and called again all the same. */
    public void every(Duration pause, String name, Runnable step) {
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        step.run();
                    } catch (RuntimeException | Error e) {
                        LOG.error("The timer's step {} failed", name, e);
                    }
                },
                pause.toNanos(),
                pause.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try { // so that no step runs on what is closed next
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
