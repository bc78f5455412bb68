package gateway.lifecycle;

import gateway.util.Durations;
import gateway.util.Threads;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what stops a server, but not for ever: a process that was told to stop must end, whatever went wrong in it. */
final class BoundedStop {
    private BoundedStop() {}

    /**
     * Runs what stops a server, on a thread of its own.
     *
     * @param longest how long that may take
     * @throws IllegalStateException if it takes longer; it goes on meanwhile
     */
    static void run(Runnable stop, Duration longest) {
        FutureTask<Void> task = new FutureTask<>(stop, null);
        Thread thread = Threads.daemons("stopping").newThread(task);
        thread.start();
        try {
            task.get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("it took more than " + Durations.text(longest) + ", at " + place(thread));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause(); // a Runnable throws nothing else
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
    }

    /** Returns where a thread waits, in the first code that isn't Java's own. */
    private static String place(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .filter(frame -> frame.getModuleName() == null)
                .findFirst()
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ", line " + frame.getLineNumber())
                .orElse("its end");
    }
}
