package gateway.limit;

import gateway.client.ClientAddress;
import gateway.util.Time;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * The windows of all clients of one limit, or of several that count by the same key, while there is {@link Room}. When
 * there is none, new clients share one common window, so that memory doesn't grow and no client's requests are forgotten. A client that
 * later gets a window of its own starts with the times of the common one, since some of them may be its own.
 *
 * <p>A table outlives the rates of its limits: what changes with them is only how many times are kept, and for how long.
 */
final class Windows {
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
    private final Window common = new Window(1);
    private final Room room;
    private final Time time;
    private volatile int limit;
    private volatile long keptNanos;
    private volatile boolean closed;

    /** Makes an empty table, which keeps no times before {@link #keep}. */
    Windows(Room room, Time time) {
        this.room = room;
        this.time = time;
        room.add(this);
    }

    /**
     * Sets what is kept from now on; what is there stays.
     *
     * @param limit the most times of a client, at least 1
     * @param nanos for how long
     */
    void keep(int limit, long nanos) {
        this.limit = limit;
        this.keptNanos = nanos;
    }

    /** Forgets all clients, and remembers no more: its limits are gone. */
    void close() {
        closed = true;
        forgetIdle();
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns the client's window, which is new for a new client; the common one if there is no room. */
    Window of(ClientAddress client) {
        Window known = windows.get(client);
        if (known != null) {
            return known;
        }
        Window fresh = windows.computeIfAbsent(client, this::newWindow);
        if (fresh == null && !closed && room.sweepIfDue()) {
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
        return room.isFull(clients.get());
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
     * Makes a window for a new client; null if there is no room. The table calls it under its lock for this client
     * alone.
     */
    private Window newWindow(ClientAddress client) {
        if (closed) {
            return null;
        }
        if (!room.enter(clients.incrementAndGet())) {
            clients.decrementAndGet();
            return null;
        }
        Window fresh = new Window(limit);
        synchronized (common) {
            common.times.dropOld(time.nanos(), keptNanos);
            if (!common.times.isEmpty()) { // new clients have had to share it lately
                fresh.times.addAll(common.times, limit);
                fresh.tookOver = true;
            }
        }
        return fresh;
    }

    /** Forgets clients that have been idle for as long as times are kept. */
    void forgetIdle() {
        long now = time.nanos();
        windows.forEach((client, window) -> {
            synchronized (window) {
                window.times.dropOld(now, keptNanos);
                if ((window.times.isEmpty() || closed) && windows.remove(client, window)) {
                    window.evicted = true;
                    clients.decrementAndGet();
                    room.leave();
                }
            }
        });
    }
}
