package gateway.testing;

import java.util.concurrent.locks.LockSupport;

/** For what another thread or process will bring about and tells nobody of. */
public final class Await {
    private static final long MOST_NANOS = 30_000_000_000L;
    private static final long PAUSE_NANOS = 5_000_000;

    private Await() {}

    /**
     * Something that becomes true.
     *
     * @param <X> what looking may throw
     */
    public interface Condition<X extends Exception> {
        /** @return whether it has */
        boolean holds() throws X;
    }

    /**
     * Looks every 5 ms; fails after 30 s, which only a broken gateway takes.
     *
     * @param what that it waits for, in the message when it never comes
     */
    public static <X extends Exception> void until(String what, Condition<X> condition) throws X {
        long end = System.nanoTime() + MOST_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never came: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
