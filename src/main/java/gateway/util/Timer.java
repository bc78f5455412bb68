package gateway.util;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs steps periodically, on two daemon threads: one for short steps, on which timeouts of a few milliseconds depend,
 * and one for housekeeping, which may take long: to look through five million clients takes most of a second. The steps
 * do the work; tests call them directly.
 */
public final class Timer implements AutoCloseable {
    private final ScheduledExecutorService executor;
    private final ScheduledExecutorService housekeeper;
    private final Map<String, Future<?>> steps = new ConcurrentSkipListMap<>();

    /** Makes the gateway's timer. */
    public Timer() {
        this("gateway-timer");
    }

    /** Makes a timer whose threads have names that begin like this; each starts with its first step. */
    public Timer(String name) {
        executor = Executors.newSingleThreadScheduledExecutor(Threads.daemons(name));
        housekeeper = Executors.newSingleThreadScheduledExecutor(Threads.daemons(name + "-housekeeping"));
    }

    /**
     * Schedules a short step to run after each pause: it must not wait for anything, nor walk through what clients can
     * make large. If it throws, even an Error, that is logged and the step runs again all the same.
     */
    public void every(Duration pause, String name, Runnable step) {
        schedule(executor, pause, name, step);
    }

    /** Does the same for a step that may take long or read files. It may run at the same time as a short one. */
    public void housekeeping(Duration pause, String name, Runnable step) {
        schedule(housekeeper, pause, name, step);
    }

    private void schedule(ScheduledExecutorService thread, Duration pause, String name, Runnable step) {
        Runnable surviving = () -> {
            try {
                step.run();
            } catch (RuntimeException | Error e) { // else the executor would never run it again
                Loop.survived(name, e);
            }
        };
        steps.put(
                name, thread.scheduleWithFixedDelay(surviving, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Returns the names of the steps that will not run again though the timer isn't closed; normally none. */
    public List<String> failed() {
        return executor.isShutdown()
                ? List.of()
                : steps.entrySet().stream()
                        .filter(step -> step.getValue().isDone())
                        .map(Map.Entry::getKey)
                        .toList();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        housekeeper.shutdownNow();
        try { // so that no step uses parts that are closed next
            executor.awaitTermination(1, TimeUnit.SECONDS);
            housekeeper.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
