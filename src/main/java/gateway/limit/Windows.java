package gateway.limit;

import gateway.client.ClientAddress;
import gateway.util.Time;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The windows of all clients, at most so many. When that many are active, newcomers share one common window: neither
 * memory grows nor is anyone's past lost. A newcomer who gets a window of its own later starts with the common one's
 * times, since some of them may be its own.
 */
final class Windows {
    /** With a full table, idle clients are looked for at most this often, so that a flood can't make us sweep. */
    private static final long SWEEP_PAUSE_NANOS = 1_000_000_000L;

    /** One client's times; guarded by its own monitor. */
    static final class Window {
        final TimeDeque times;

        /** Whether it was forgotten after somebody had looked it up. */
        boolean evicted;

        /** Whether it began with times of the common window, which may be others'. */
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

    /** @param maxClients how many to remember, at least 1 */
    Windows(int limit, long windowNanos, int maxClients, Time time) {
        this.limit = limit;
        this.windowNanos = windowNanos;
        this.maxClients = maxClients;
        this.time = time;
        this.common = new Window(limit);
        this.lastSweep = time.nanos() - SWEEP_PAUSE_NANOS;
    }

    /** The client's window, a new one for a newcomer; the common one if there is no room. */
    Window of(ClientAddress client) {
        Window known = windows.get(client);
        if (known != null) {
            return known;
        }
        Window fresh = windows.computeIfAbsent(client, this::newcomer);
        if (fresh == null && sweepIfDue()) {
            fresh = windows.computeIfAbsent(client, this::newcomer);
        }
        return fresh != null ? fresh : common;
    }

    /** The client's own window; null if it has none. */
    Window known(ClientAddress client) {
        return windows.get(client);
    }

    /** The client's own window, or else the common one. */
    Window knownOrCommon(ClientAddress client) {
        return windows.getOrDefault(client, common);
    }

    boolean isCommon(Window window) {
        return window == common;
    }

    /** Whether there is no room for a newcomer. */
    boolean isFull() {
        return clients.get() >= maxClients;
    }

    /** Clients that have a window of their own. */
    int count() {
        return clients.get();
    }

    /** Goes through the windows that clients have of their own. */
    void forEach(BiConsumer<ClientAddress, Window> action) {
        windows.forEach(action);
    }

    /** A window for a newcomer; null if the table is full. Called under the table's lock for this client alone. */
    private Window newcomer(ClientAddress client) {
        if (clients.incrementAndGet() > maxClients) {
            clients.decrementAndGet();
            return null;
        }
        Window fresh = new Window(limit);
        synchronized (common) {
            common.times.dropOld(time.nanos(), windowNanos);
            if (!common.times.isEmpty()) { // newcomers have had to share lately
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
