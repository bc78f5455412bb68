package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.Windows.Window;
import gateway.route.Limit;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Durations;
import gateway.util.Time;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Collectors;

/**
 * An exact sliding window: for each client a deque of the times of its counted requests. A request may pass if fewer
 * than N of these times lie within the last window; a time leaves exactly one window after its request came. Several
 * limits that count by the same key are checked against the same deque, see {@link Quotas}. Here are the clients' windows
 * and their locks.
 *
 * <p>Check and count are one step under the client's own lock, so that of 200 simultaneous requests exactly N pass.
 * Cost: one hash look-up and, amortised, one removal; for a known client nothing is allocated but the decision and the
 * deque's growth. Memory for each client with five times, measured with a million clients: 168 bytes (table slot and
 * node 40, key 24, window 24, deque 24, times 56).
 */
public final class SlidingWindow implements MemoryLimit {
    private static final CountedBy BY_CLIENT = new CountedBy(Limit.Key.CLIENT, "");
    private static final String STORE = "memory of this gateway";

    private final Windows windows;
    private final List<Limit> limits;
    private final Quotas quotas;
    private final Time time;

    /**
     * Makes one limit for each client.
     *
     * @param maxClients how many clients to remember, at least 1
     */
    public SlidingWindow(Rate rate, int maxClients, Time time) {
        this(rate, new Room(maxClients, time), time);
    }

    /** Makes one limit for each client, with this room. */
    SlidingWindow(Rate rate, Room room, Time time) {
        this(List.of(Limit.byClient(rate)), BY_CLIENT, new Windows(room, time), time);
    }

    /**
     * Makes those limits of a route that count by the same key.
     *
     * @param limits all limits of the route
     * @param countedBy what these count by
     * @param windows the times of their requests, which may be there from before
     */
    SlidingWindow(List<Limit> limits, CountedBy countedBy, Windows windows, Time time) {
        this.windows = windows;
        this.limits = limits;
        this.quotas = Quotas.of(limits, countedBy);
        this.time = time;
        windows.keep(quotas.keptTimes(), quotas.keptNanos());
    }

    @Override
    public LimitDecision take(LimitKey key, int shares) {
        ClientAddress client = client(key);
        while (true) {
            Window window = windows.of(client);
            synchronized (window) {
                if (!window.evicted) {
                    long now = time.nanos();
                    boolean allowed = quotas.hasRoom(window.times, now, shares);
                    if (allowed) {
                        quotas.count(window.times, now);
                    }
                    return quotas.decision(allowed, window.times, now, shares);
                }
            } // evicted between look-up and lock: look again
        }
    }

    /**
     * Returns the only key there is here. It has its own type, because then the compiler needs no virtual call for its
     * hash and its equality: 8 of 50 ns.
     */
    private static ClientAddress client(LimitKey key) {
        return (ClientAddress) key.part(0);
    }

    // For a decision that several of these make together: it holds the locks of all its windows.

    /** Returns the window of the key's first part; null if there is none. */
    Window known(LimitKey key) {
        return windows.known(client(key));
    }

    /** Returns the window of the key's first part, which may be new. */
    Window window(LimitKey key) {
        return windows.of(client(key));
    }

    /** Returns what those windows' times are checked against. */
    Quotas quotas() {
        return quotas;
    }

    @Override
    public LimitDecision giveBack(LimitKey key, LimitDecision taken, int shares) {
        Window window = windows.knownOrCommon(client(key));
        synchronized (window) { // if it is evicted meanwhile, all its times were old anyway
            long now = time.nanos();
            quotas.dropOld(window.times, now);
            window.times.remove(taken.countedAt());
            return quotas.decision(true, window.times, now, shares);
        }
    }

    @Override
    public void record(LimitKey key, long asked) {
        ClientAddress client = client(key);
        while (true) {
            Window window = windows.of(client);
            if (windows.isCommon(window)) {
                return;
            }
            synchronized (window) {
                if (!window.evicted) {
                    quotas.record(window.times, time.nanos(), asked);
                    return;
                }
            }
        }
    }

    @Override
    public LimitDecision refusal(LimitKey key) {
        Window window = windows.known(client(key));
        if (window == null) {
            return null;
        }
        synchronized (window) {
            long now = time.nanos();
            return quotas.hasRoom(window.times, now, 1) || window.tookOver
                    ? null
                    : quotas.decision(false, window.times, now, 1);
        }
    }

    @Override
    public LimitDecision look(LimitKey key, int shares) {
        Window window = windows.knownOrCommon(client(key));
        synchronized (window) {
            long now = time.nanos();
            quotas.dropOld(window.times, now);
            return quotas.decision(false, window.times, now, shares);
        }
    }

    @Override
    public List<Standing> explain(LimitKey key, int shares) {
        Standing[] standings = new Standing[limits.size()];
        explain(key, shares, standings);
        return List.of(standings);
    }

    /** Fills in those of the route's limits that are here. */
    void explain(LimitKey key, int shares, Standing[] standings) {
        Window window = windows.knownOrCommon(client(key));
        synchronized (window) {
            boolean own = !windows.isCommon(window) || !windows.isFull();
            quotas.explain(window.times, time.nanos(), shares, own, STORE, standings);
        }
    }

    @Override
    public void forgetHere(ClientAddress client) {
        Window window = windows.known(client);
        if (window != null) {
            synchronized (window) { // if it is evicted meanwhile, there is nothing left to forget
                window.times.clear();
                window.tookOver = false;
            }
        }
    }

    @Override
    public List<Usage> fullest(int most) {
        PriorityQueue<Usage> found = new PriorityQueue<>(Usage.LESS_USED_FIRST);
        windows.forEach((client, window) -> {
            synchronized (window) {
                long now = time.nanos();
                quotas.dropOld(window.times, now);
                if (!window.times.isEmpty()) {
                    found.add(quotas.usage(client, window.times, now));
                }
            }
            if (found.size() > most) {
                found.poll();
            }
        });
        return found.stream().sorted(Usage.LESS_USED_FIRST.reversed()).toList();
    }

    @Override
    public int clients() {
        return windows.count();
    }

    @Override
    public List<Limit> limits() {
        return limits;
    }

    @Override
    public String algorithm() {
        return algorithm(limits);
    }

    /** Describes the algorithm for these limits, for people. */
    static String algorithm(List<Limit> limits) {
        return limits.stream()
                .map(limit -> "per "
                        + switch (limit.key()) {
                            case CLIENT -> "client address";
                            case HEADER -> limit.header();
                            case ROUTE -> "route";
                        }
                        + ", "
                        + limit.rate().requests()
                        + " in any "
                        + Durations.text(limit.rate().window()))
                .collect(Collectors.joining("; ", "Sliding window, exact: a deque of request times ", ""));
    }
}
