package gateway;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

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
}
