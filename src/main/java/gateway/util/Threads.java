package gateway.util;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.VirtualThreads;

/** Threads with names that tell what they are for, none of which keeps the process alive. */
public final class Threads {
    private Threads() {}

    /** A factory of daemon threads called {@code name}, {@code name-2}, {@code name-3} ... */
    public static ThreadFactory daemons(String name) {
        AtomicInteger made = new AtomicInteger();
        return task -> {
            int number = made.incrementAndGet();
            Thread thread = new Thread(task, number == 1 ? name : name + "-" + number);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Whether this Java has virtual threads, so that waiting costs no thread of the system's. */
    public static boolean areVirtual() {
        return VirtualThreads.areSupported();
    }

    /**
     * Runs tasks that mostly wait, each at once on a thread of its own: a virtual one, or else a daemon.
     *
     * @param most how many tasks there may be if threads aren't virtual; more are rejected
     */
    public static ExecutorService forWaiting(String name, int most) {
        return areVirtual()
                ? (ExecutorService) VirtualThreads.getNamedVirtualThreadsExecutor(name)
                : new ThreadPoolExecutor(0, most, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
    }
}
