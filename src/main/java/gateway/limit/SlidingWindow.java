package gateway.limit;

import gateway.client.ClientAddress;
import gateway.limit.Windows.Window;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Durations;
import gateway.util.Time;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * An exact sliding window: for each client a deque of the times of its counted requests. A request may pass if fewer
 * than N of these times lie within the last window; a time leaves exactly one window after its request came.
 *
 * <p>Check and count are one step under the client's own lock, so that of 200 simultaneous requests exactly N pass.
 * Cost: one hash look-up and, amortised, one removal; for a known client nothing is allocated but the decision and the
 * deque's growth. Memory for each client with five times, measured with a million clients: 168 bytes (table slot and
 * node 40, key 24, window 24, deque 24, times 56).
 */
public final class SlidingWindow implements RateLimit {
    private static final String STORE = "memory of this gateway";

    private static final Comparator<Usage> LESS_USED_FIRST = Comparator.comparingInt(Usage::used)
            .thenComparingLong(Usage::allFreeNanos)
            .thenComparingLong(usage -> usage.client().key());

    private final Windows windows;
    private final Rate rate;
    private final int limit;
    private final long windowNanos;
    private final Time time;

    /** @param maxClients how many clients to remember, at least 1 */
    public SlidingWindow(Rate rate, int maxClients, Time time) {
        this.rate = rate;
        this.limit = rate.requests();
        this.windowNanos = rate.window().toNanos();
        this.time = time;
        this.windows = new Windows(limit, windowNanos, maxClients, time);
    }

    @Override
    public LimitDecision take(ClientAddress client) {
        return take(client, limit);
    }

    /**
     * Does the same as {@link #take(ClientAddress)} with this limit in place of the usual one, which must not be
     * smaller.
     */
    public LimitDecision take(ClientAddress client, int smaller) {
        while (true) {
            Window window = windows.of(client);
            synchronized (window) {
                if (!window.evicted) {
                    return take(window, time.nanos(), smaller);
                }
            } // evicted between look-up and lock: look again
        }
    }

    private LimitDecision take(Window window, long now, int smaller) {
        window.times.dropOld(now, windowNanos);
        boolean allowed = window.times.size() < smaller;
        if (allowed) {
            window.times.addLast(now, limit);
        }
        return decision(allowed, window.times, now, smaller);
    }

    @Override
    public LimitDecision giveBack(ClientAddress client, LimitDecision taken) {
        return giveBack(client, taken, limit);
    }

    /**
     * Does the same as {@link #giveBack(ClientAddress, LimitDecision)} with this limit in place of the usual one,
     * which must not be smaller.
     */
    public LimitDecision giveBack(ClientAddress client, LimitDecision taken, int smaller) {
        Window window = windows.knownOrCommon(client);
        synchronized (window) { // if it is evicted meanwhile, all its times were old anyway
            long now = time.nanos();
            window.times.dropOld(now, windowNanos);
            window.times.remove(taken.countedAt());
            return decision(true, window.times, now, smaller);
        }
    }

    /**
     * Counts a request that the shared store let through. Does nothing for a client that has no window of its own
     * because the table is full: in the common window the request would count for everybody.
     *
     * @param asked when the request came, by this window's clock
     */
    public void record(ClientAddress client, long asked) {
        while (true) {
            Window window = windows.of(client);
            if (windows.isCommon(window)) {
                return;
            }
            synchronized (window) {
                if (!window.evicted) {
                    window.times.dropOld(time.nanos(), windowNanos);
                    if (window.times.size() == limit) {
                        window.times.removeFirst(); // it was let through beyond the limit; keep the latest, which count
                        // longest
                    }
                    window.times.add(asked, limit);
                    return;
                }
            }
        }
    }

    /**
     * Returns a refusal if the client's own requests fill its window. Returns null if they don't, or if the window
     * holds times taken over from the common window, which may be other clients'.
     */
    public LimitDecision refusal(ClientAddress client) {
        Window window = windows.known(client);
        if (window == null) {
            return null;
        }
        synchronized (window) {
            long now = time.nanos();
            window.times.dropOld(now, windowNanos);
            return window.times.size() < limit || window.tookOver ? null : decision(false, window.times, now, limit);
        }
    }

    @Override
    public LimitDecision look(ClientAddress client) {
        return look(client, limit);
    }

    /**
     * Does the same as {@link #look(ClientAddress)} with this limit in place of the usual one, which must not be
     * smaller.
     */
    public LimitDecision look(ClientAddress client, int smaller) {
        Window window = windows.knownOrCommon(client);
        synchronized (window) {
            long now = time.nanos();
            window.times.dropOld(now, windowNanos);
            return decision(window.times.size() < smaller, window.times, now, smaller);
        }
    }

    @Override
    public Standing explain(ClientAddress client) {
        Window window = windows.knownOrCommon(client);
        synchronized (window) {
            long now = time.nanos();
            TimeDeque times = window.times;
            times.dropOld(now, windowNanos);
            List<Long> ages = new ArrayList<>();
            for (int i = 0; i < Math.min(MOST_AGES, times.size()); i++) {
                ages.add(now - times.get(i));
            }
            boolean shares = windows.isCommon(window) && windows.isFull();
            return new Standing(decision(times.size() < limit, times, now, limit), times.size(), ages, !shares, STORE);
        }
    }

    @Override
    public List<Usage> fullest(int most) {
        PriorityQueue<Usage> found = new PriorityQueue<>(LESS_USED_FIRST);
        windows.forEach((client, window) -> {
            synchronized (window) {
                long now = time.nanos();
                window.times.dropOld(now, windowNanos);
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

    /**
     * Makes a decision. With a limit that is smaller than this window's, more requests may count than it allows; then
     * several must leave before one is free.
     */
    private LimitDecision decision(boolean allowed, TimeDeque times, long now, int smaller) {
        int remaining = smaller - times.size();
        if (remaining < 0) {
            return new LimitDecision(false, 0, times.get(-remaining) + windowNanos - now);
        }
        return new LimitDecision(allowed, remaining, times.isEmpty() ? 0 : times.first() + windowNanos - now, now, 0);
    }

    @Override
    public void forgetIdle() {
        windows.forgetIdle();
    }

    @Override
    public int clients() {
        return windows.count();
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
}
