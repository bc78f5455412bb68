package gateway.limit;

import gateway.Durations;
import gateway.Rate;
import gateway.Time;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sliding window, exact: for each client a deque of the times of its counted requests. A request may pass if fewer
 * than N of them lie within the last window; a time leaves exactly one window after it came.
 *
 * <p>Check and take are one step under the client's own lock, so that of 200 requests at once exactly N pass. Cost: one
 * hash look-up and, amortised, one removal; no allocation for a known client but the deque's growth and the decision.
 * Memory per client with five times, measured with a million of them: 168 bytes (table slot and node 40, key 24, window 24,
 * deque 24, times 56).
 *
 * <p>At most {@code maxClients} clients are remembered. When that many are active, newcomers share one common window: neither
 * memory grows nor is anyone's past lost. A newcomer who gets a window of its own later starts with the common one's
 * times, since some of them may be its own.
 */
public final class SlidingWindow implements RateLimit {
    private static final String STORE = "memory of this gateway";

    /** With a full table, idle clients are looked for at most this often, so that a flood can't make us sweep. */
    private static final long SWEEP_PAUSE_NANOS = 1_000_000_000L;

    private static final Comparator<Usage> LESS_USED_FIRST = Comparator.comparingInt(Usage::used)
            .thenComparingLong(Usage::allFreeNanos)
            .thenComparingLong(usage -> usage.client().key());

    private final ConcurrentHashMap<ClientAddress, Window> windows = new ConcurrentHashMap<>();
    private final AtomicInteger clients = new AtomicInteger();
    private final Window common;
    private final Rate rate;
    private final int limit;
    private final long windowNanos;
    private final int maxClients;
    private final Time time;
    private volatile long lastSweep;

    /** @param maxClients how many to remember, at least 1 */
    public SlidingWindow(Rate rate, int maxClients, Time time) {
        this.rate = rate;
        this.limit = rate.requests();
        this.windowNanos = rate.window().toNanos();
        this.maxClients = maxClients;
        this.time = time;
        this.common = new Window(limit);
        this.lastSweep = time.nanos() - SWEEP_PAUSE_NANOS;
    }

    @Override
    public Decision take(ClientAddress client) {
        return take(client, limit);
    }

    /** Like {@link #take(ClientAddress)}, but as if the limit were this one, which is smaller or the same. */
    public Decision take(ClientAddress client, int smaller) {
        while (true) {
            Window window = windowOf(client);
            synchronized (window) {
                if (!window.evicted) {
                    return take(window, time.nanos(), smaller);
                }
            } // evicted between look-up and lock: look again
        }
    }

    private Decision take(Window window, long now, int smaller) {
        dropOld(window.times, now);
        boolean allowed = window.times.size() < smaller;
        if (allowed) {
            window.times.addLast(now, limit);
        }
        return decision(allowed, window.times, now, smaller);
    }

    /**
     * Counts a request that was let through by somebody else. A client for whom there is no room has no past here: in the common
     * window it would be everybody's.
     *
     * @param asked when it came, by this window's clock
     */
    public void record(ClientAddress client, long asked) {
        while (true) {
            Window window = windowOf(client);
            if (window == common) {
                return;
            }
            synchronized (window) {
                if (!window.evicted) {
                    dropOld(window.times, time.nanos());
                    if (window.times.size()
                            == limit) { // let through all the same: the latest are those that count longest
                        window.times.removeFirst();
                    }
                    window.times.add(asked, limit);
                    return;
                }
            }
        }
    }

    /**
     * The refusal of a client whose own requests alone fill its window; null if they don't, or if among its times are
     * some that it took over from the common window, which may be others'.
     */
    public Decision refusal(ClientAddress client) {
        Window window = windows.get(client);
        if (window == null) {
            return null;
        }
        synchronized (window) {
            long now = time.nanos();
            dropOld(window.times, now);
            return window.times.size() < limit || window.tookOver ? null : decision(false, window.times, now, limit);
        }
    }

    @Override
    public Decision look(ClientAddress client) {
        return look(client, limit);
    }

    /** Like {@link #look(ClientAddress)}, but as if the limit were this one, which is smaller or the same. */
    public Decision look(ClientAddress client, int smaller) {
        Window window = windows.getOrDefault(client, common);
        synchronized (window) {
            long now = time.nanos();
            dropOld(window.times, now);
            return decision(window.times.size() < smaller, window.times, now, smaller);
        }
    }

    @Override
    public Standing explain(ClientAddress client) {
        Window window = windows.getOrDefault(client, common);
        synchronized (window) {
            long now = time.nanos();
            TimeDeque times = window.times;
            dropOld(times, now);
            List<Long> ages = new ArrayList<>();
            for (int i = 0; i < Math.min(MOST_AGES, times.size()); i++) {
                ages.add(now - times.get(i));
            }
            boolean shares = window == common && clients.get() >= maxClients;
            return new Standing(decision(times.size() < limit, times, now, limit), times.size(), ages, !shares, STORE);
        }
    }

    @Override
    public List<Usage> fullest(int most) {
        PriorityQueue<Usage> found = new PriorityQueue<>(LESS_USED_FIRST);
        windows.forEach((client, window) -> {
            synchronized (window) {
                long now = time.nanos();
                dropOld(window.times, now);
                if (!window.times.isEmpty()) {
                    found.add(usage(client, window.times, now));
                }
            }
            if (found.size() > most) {
                found.poll();
            }
        });
        return found.stream().sorted(LESS_USED_FIRST.reversed()).toList();
    }

    private Usage usage(ClientAddress client, TimeDeque times, long now) {
        int remaining = limit - times.size();
        long nextFree = remaining > 0 ? 0 : times.first() + windowNanos - now;
        return new Usage(client, times.size(), remaining, nextFree, times.last() + windowNanos - now);
    }

    /** Of a limit that is smaller than this window's, more may be used than it allows: then several must leave first. */
    private Decision decision(boolean allowed, TimeDeque times, long now, int smaller) {
        int remaining = smaller - times.size();
        if (remaining < 0) {
            return new Decision(false, 0, times.get(-remaining) + windowNanos - now);
        }
        return new Decision(allowed, remaining, times.isEmpty() ? 0 : times.first() + windowNanos - now);
    }

    private void dropOld(TimeDeque times, long now) {
        while (!times.isEmpty() && now - times.first() >= windowNanos) {
            times.removeFirst();
        }
    }

    private Window windowOf(ClientAddress client) {
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

    /** A window for a newcomer; null if the table is full. Called under the table's lock for this client alone. */
    private Window newcomer(ClientAddress client) {
        if (clients.incrementAndGet() > maxClients) {
            clients.decrementAndGet();
            return null;
        }
        Window fresh = new Window(limit);
        synchronized (common) {
            if (commonInUse(time.nanos())) {
                fresh.times.addAll(common.times, limit);
                fresh.tookOver = true;
            }
        }
        return fresh;
    }

    /** Whether newcomers have had to share lately. To be asked under the common window's lock. */
    private boolean commonInUse(long now) {
        dropOld(common.times, now);
        return !common.times.isEmpty();
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
        return clients.get() < maxClients;
    }

    @Override
    public void forgetIdle() {
        long now = time.nanos();
        windows.forEach((client, window) -> {
            synchronized (window) {
                dropOld(window.times, now);
                if (window.times.isEmpty() && windows.remove(client, window)) {
                    window.evicted = true;
                    clients.decrementAndGet();
                }
            }
        });
    }

    @Override
    public int clients() {
        return clients.get();
    }

    @Override
    public Optional<Rate> rate() {
        return Optional.of(rate);
    }

    @Override
    public String algorithm() {
        return "Sliding window, exact: a deque of request times per client address, " + limit + " in any "
                + Durations.text(rate.window());
    }

    /** One client's times; guarded by its own monitor. */
    private static final class Window {
        private final TimeDeque times;
        private boolean evicted;
        private boolean tookOver;

        private Window(int limit) {
            times = new TimeDeque(limit);
        }
    }
}
