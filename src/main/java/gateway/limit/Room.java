package gateway.limit;

import gateway.util.Time;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The room for clients in the tables of all limits together. When it is full, a table may still have its even share of
 * it: so whoever fills one limit with clients, or with made-up values of a header, takes no room from the others that
 * they need. In all there are never more than twice as many clients as there is room for, and with one table never
 * more.
 */
final class Room {
    /**
     * The shortest time between two searches for idle clients in full tables, so that a flood can't cause one search
     * after another.
     */
    private static final long SWEEP_PAUSE_NANOS = 1_000_000_000L;

    private final int most;
    private final Time time;
    private final Set<Windows> tables = ConcurrentHashMap.newKeySet();
    private final AtomicInteger clients = new AtomicInteger();
    private volatile int share;
    private long lastSweep; // guarded by this

    /** @param most how many clients to remember, at least 1 */
    Room(int most, Time time) {
        this.most = most;
        this.time = time;
        this.lastSweep = time.nanos() - SWEEP_PAUSE_NANOS;
    }

    /** Adds a table. It stays until {@link #sweep} finds it no longer used and empty. */
    void add(Windows table) {
        tables.add(table);
        divide();
    }

    private synchronized void divide() {
        int count = tables.size();
        share = count < 2 ? 0 : most / count;
    }

    /**
     * Counts one more client; returns whether there is room for it. If not, it isn't counted.
     *
     * @param own how many clients its table has with it
     */
    boolean enter(int own) {
        if (clients.incrementAndGet() <= most || own <= share) {
            return true;
        }
        clients.decrementAndGet();
        return false;
    }

    /** Counts one client less. */
    void leave() {
        clients.decrementAndGet();
    }

    /**
     * Returns whether there is no room for another client.
     *
     * @param own how many clients its table has without it
     */
    boolean isFull(int own) {
        return clients.get() >= most && own >= share;
    }

    /** Returns how many clients there are. */
    int count() {
        return clients.get();
    }

    /** Forgets idle clients, unless that was done a moment ago; returns whether it was done now. */
    boolean sweepIfDue() {
        long now = time.nanos();
        synchronized (this) {
            if (now - lastSweep < SWEEP_PAUSE_NANOS) {
                return false;
            }
            lastSweep = now;
        }
        sweep();
        return true;
    }

    /** Forgets idle clients, and tables that are no longer used. */
    void sweep() {
        for (Windows table : tables) {
            boolean wasEmpty = table.count() == 0;
            table.forgetIdle();
            if (wasEmpty && table.isClosed() && tables.remove(table)) {
                divide();
            }
        }
    }
}
