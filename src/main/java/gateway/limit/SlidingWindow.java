package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.Windows.Window;
import gateway.route.Limit;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Durations;
import gateway.util.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An exact sliding window: for each client a deque of the times of its counted requests. A request may pass if fewer
 * than N of these times lie within the last window; a time leaves exactly one window after its request came. Several
 * limits that count by the same key, like 5/1s and 100/60s by client, are checked against the same deque.
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
    private final Quota
            longest; // that with the longest period: for so long times are kept, so all that are there count
    private final Quota[] others;
    private final long keptNanos;
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
        Quota[] quotas = IntStream.range(0, limits.size())
                .filter(i -> CountedBy.of(limits.get(i)).equals(countedBy))
                .mapToObj(i -> new Quota(
                        i,
                        limits.get(i).rate().requests(),
                        limits.get(i).rate().window().toNanos()))
                .sorted(Comparator.comparingLong(Quota::nanos).reversed().thenComparingInt(Quota::requests))
                .toArray(Quota[]::new);
        this.longest = quotas[0];
        this.others = Arrays.copyOfRange(quotas, 1, quotas.length);
        this.keptNanos = longest.nanos();
        this.time = time;
        windows.keep(longest.requests(), keptNanos);
    }

    @Override
    public LimitDecision take(LimitKey key, int shares) {
        ClientAddress client = client(key);
        while (true) {
            Window window = windows.of(client);
            synchronized (window) {
                if (!window.evicted) {
                    long now = time.nanos();
                    boolean allowed = hasRoom(window, now, shares);
                    if (allowed) {
                        count(window, now);
                    }
                    return decision(allowed, window, now, shares);
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

    // The steps of a decision; the caller holds the window's lock.

    Window known(LimitKey key) {
        return windows.known(client(key));
    }

    Window window(LimitKey key) {
        return windows.of(client(key));
    }

    boolean hasRoom(Window window, long now, int shares) {
        window.times.dropOld(now, keptNanos);
        if (window.times.size() >= longest.requests(shares)) {
            return false;
        }
        for (Quota other : others) {
            if (!other.hasRoom(window.times, now, shares)) {
                return false;
            }
        }
        return true;
    }

    void count(Window window, long now) {
        window.times.addLast(now, longest.requests());
    }

    LimitDecision decision(boolean passes, Window window, long now, int shares) {
        LimitDecision tightest = longest.decision(passes, window.times, 0, now, shares);
        for (Quota other : others) {
            tightest = tightest.tighter(other.decision(passes, window.times, now, shares));
        }
        return tightest;
    }

    @Override
    public LimitDecision giveBack(LimitKey key, LimitDecision taken, int shares) {
        Window window = windows.knownOrCommon(client(key));
        synchronized (window) { // if it is evicted meanwhile, all its times were old anyway
            long now = time.nanos();
            window.times.dropOld(now, keptNanos);
            window.times.remove(taken.countedAt());
            return decision(true, window, now, shares);
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
                    window.times.dropOld(time.nanos(), keptNanos);
                    while (window.times.size() >= longest.requests()) {
                        window.times.removeFirst(); // it was let through beyond the limit; keep the latest, which count
                        // longest
                    }
                    window.times.add(asked, longest.requests());
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
            return hasRoom(window, now, 1) || window.tookOver ? null : decision(false, window, now, 1);
        }
    }

    @Override
    public LimitDecision look(LimitKey key, int shares) {
        Window window = windows.knownOrCommon(client(key));
        synchronized (window) {
            long now = time.nanos();
            window.times.dropOld(now, keptNanos);
            return decision(false, window, now, shares);
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
            long now = time.nanos();
            TimeDeque times = window.times;
            times.dropOld(now, keptNanos);
            boolean own = !windows.isCommon(window) || !windows.isFull();
            for (Quota quota : all()) {
                List<Long> ages = new ArrayList<>();
                int first = times.firstYounger(now, quota.nanos());
                for (int i = first; i < times.size() && ages.size() < MOST_AGES; i++) {
                    ages.add(now - times.get(i));
                }
                standings[quota.limit()] =
                        new Standing(quota.decision(false, times, now, shares), times.size() - first, ages, own, STORE);
            }
        }
    }

    private List<Quota> all() {
        return Stream.concat(Stream.of(longest), Arrays.stream(others)).toList();
    }

    @Override
    public List<Usage> fullest(int most) {
        PriorityQueue<Usage> found = new PriorityQueue<>(Usage.LESS_USED_FIRST);
        windows.forEach((client, window) -> {
            synchronized (window) {
                long now = time.nanos();
                window.times.dropOld(now, keptNanos);
                if (!window.times.isEmpty()) {
                    found.add(usage(client, window, now));
                }
            }
            if (found.size() > most) {
                found.poll();
            }
        });
        return found.stream().sorted(Usage.LESS_USED_FIRST.reversed()).toList();
    }

    private Usage usage(ClientAddress client, Window window, long now) {
        LimitDecision tightest = decision(false, window, now, 1);
        Quota quota = all().stream()
                .filter(any -> any.limit() == tightest.limit())
                .findFirst()
                .orElseThrow();
        return new Usage(
                client,
                quota.limit(),
                quota.used(window.times, now),
                tightest.remaining(),
                tightest.allowed() ? 0 : tightest.resetNanos(),
                Math.max(0, window.times.last() + quota.nanos() - now));
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
