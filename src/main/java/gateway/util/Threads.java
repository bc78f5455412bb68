package gateway.util;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.VirtualThreads;

/** Makes named threads, none of which keeps the process alive. */
public final class Threads {
    private Threads() {}

    /** Returns a factory of daemon threads called {@code name}, {@code name-2}, {@code name-3} and so on. */
    public static ThreadFactory daemons(String name) {
        AtomicInteger made = new AtomicInteger();
        return task -> {
            int number = made.incrementAndGet();
            Thread thread = new Thread(task, number == 1 ? name : name + "-" + number);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Returns whether this Java has virtual threads, so that a waiting task occupies no platform thread. */
    public static boolean areVirtual() {
        return VirtualThreads.areSupported();
    }

    /**
     * Returns an executor for tasks that mostly wait. Each task runs at once on its own thread: a virtual one or,
     * without these, a daemon.
     *
     * @param most how many tasks may run at a time if threads aren't virtual; more are rejected
     */
    public static ExecutorService forWaiting(String name, int most) {
        return areVirtual()
                ? (ExecutorService) VirtualThreads.getNamedVirtualThreadsExecutor(name)
                : new ThreadPoolExecutor(0, most, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
    }
}
