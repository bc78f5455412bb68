package gateway.limit;

import gateway.client.ClientAddress;
import gateway.util.Time;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The windows of all clients, up to a limit. While that many clients are active, new ones share one common window, so
 * that memory doesn't grow and no client's requests are forgotten. A client that later gets a window of its own starts
 * with the times of the common one, since some of them may be its own.
 */
final class Windows {
    /**
     * The shortest time between two searches for idle clients in a full table, so that a flood can't cause one search
     * after another.
     */
    private static final long SWEEP_PAUSE_NANOS = 1_000_000_000L;

    /** One client's times; guarded by its own monitor. */
    static final class Window {
        final TimeDeque times;

        /** Set when the window is removed from the table, for a thread that looked it up before. */
        boolean evicted;

        /** Whether it began with times of the common window, which may be other clients'. */
        boolean tookOver;

        private Window(int limit) {
            times = new TimeDeque(limit);
        }
    }

    private final ConcurrentHashMap<ClientAddress, Window> windows = new ConcurrentHashMap<>();
    private final AtomicInteger clients = new AtomicInteger();
    private final Window common;
    private final int limit;
    private final long windowNanos;
    private final int maxClients;
    private final Time time;
    private volatile long lastSweep;

    /** @param maxClients how many clients to remember, at least 1 */
    Windows(int limit, long windowNanos, int maxClients, Time time) {
        this.limit = limit;
        this.windowNanos = windowNanos;
        this.maxClients = maxClients;
        this.time = time;
        this.common = new Window(limit);
        this.lastSweep = time.nanos() - SWEEP_PAUSE_NANOS;
    }

    /** Returns the client's window, which is new for a new client; the common one if the table is full. */
    Window of(ClientAddress client) {
        Window known = windows.get(client);
        if (known != null) {
            return known;
        }
        Window fresh = windows.computeIfAbsent(client, this::newWindow);
        if (fresh == null && sweepIfDue()) {
            fresh = windows.computeIfAbsent(client, this::newWindow);
        }
        return fresh != null ? fresh : common;
    }

    /** Returns the client's own window; null if it has none. */
    Window known(ClientAddress client) {
        return windows.get(client);
    }

    /** Returns the client's own window, or else the common one. */
    Window knownOrCommon(ClientAddress client) {
        return windows.getOrDefault(client, common);
    }

    boolean isCommon(Window window) {
        return window == common;
    }

    /** Returns whether there is no room for a new client. */
    boolean isFull() {
        return clients.get() >= maxClients;
    }

    /** Returns how many clients have a window of their own. */
    int count() {
        return clients.get();
    }

    /** Calls the action for each client that has a window of its own. */
    void forEach(BiConsumer<ClientAddress, Window> action) {
        windows.forEach(action);
    }

    /**
     * Makes a window for a new client; null if the table is full. The table calls it under its lock for this client
     * alone.
     */
    private Window newWindow(ClientAddress client) {
        if (clients.incrementAndGet() > maxClients) {
            clients.decrementAndGet();
            return null;
        }
        Window fresh = new Window(limit);
        synchronized (common) {
            common.times.dropOld(time.nanos(), windowNanos);
            if (!common.times.isEmpty()) { // new clients have had to share it lately
                fresh.times.addAll(common.times, limit);
                fresh.tookOver = true;
            }
        }
        return fresh;
    }

    private boolean sweepIfDue() {
        long now = time.nanos();
        synchronized (this) {
            if (now - lastSweep < SWEEP_PAUSE_NANOS) {
                return false;
            }
            lastSweep = now;
        }
        forgetIdle();
        return !isFull();
    }

    /** Forgets clients that have been idle for a whole window. */
    void forgetIdle() {
        long now = time.nanos();
        windows.forEach((client, window) -> {
            synchronized (window) {
                window.times.dropOld(now, windowNanos);
                if (window.times.isEmpty() && windows.remove(client, window)) {
                    window.evicted = true;
                    clients.decrementAndGet();
                }
            }
        });
    }
}
