package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.Windows.Window;
import gateway.route.Limit;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Several limits that hold at the same time and count by different keys, for instance for each client and for the route
 * as a whole: a sliding window of each kind, all in this gateway's memory.
 *
 * <p>A decision holds the locks of all windows that the request counts in, so it counts in all or in none. Every route
 * takes these locks in the order of {@link CountedBy}, however its limits are written and rewritten; so no two requests
 * wait for each other.
 */
final class JointLimit implements MemoryLimit {
    private final List<Limit> limits;
    private final List<SlidingWindow> parts;
    private final Time time;

    /**
     * @param limits the limits of the route
     * @param parts those for each kind of key, in the order of these
     */
    JointLimit(List<Limit> limits, List<SlidingWindow> parts, Time time) {
        this.limits = limits;
        this.parts = parts;
        this.time = time;
    }

    /**
     * Decides on a request. Whoever is refused by the windows that are there gets no new ones: else a client over its
     * limit could fill the tables by making up values of a header.
     */
    @Override
    public LimitDecision take(LimitKey key, int shares) {
        while (true) {
            Window[] windows = new Window[parts.size()];
            boolean complete = true;
            for (int i = 0; i < windows.length; i++) {
                windows[i] = parts.get(i).known(key.part(i));
                complete &= windows[i] != null;
            }
            if (!complete) {
                LimitDecision refusal = refusal(windows, shares);
                if (refusal != null) {
                    return refusal;
                }
                for (int i = 0; i < windows.length; i++) {
                    windows[i] = windows[i] != null ? windows[i] : parts.get(i).window(key.part(i));
                }
            }
            LimitDecision decision = locked(windows, 0, () -> decide(windows, shares));
            if (decision != null) {
                return decision;
            } // a window was evicted between look-up and lock: look again
        }
    }

    /** Calls this with the locks of all windows held; returns null if one of them was evicted meanwhile. */
    private static LimitDecision locked(Window[] windows, int from, Supplier<LimitDecision> decision) {
        if (from == windows.length) {
            return decision.get();
        }
        synchronized (windows[from]) {
            return windows[from].evicted ? null : locked(windows, from + 1, decision);
        }
    }

    private LimitDecision decide(Window[] windows, int shares) {
        long now = time.nanos();
        boolean allowed = true;
        for (int i = 0; i < windows.length; i++) {
            allowed &= parts.get(i).quotas().hasRoom(windows[i].times, now, shares);
        }
        LimitDecision tightest = null;
        for (int i = 0; i < windows.length; i++) {
            if (allowed) {
                parts.get(i).quotas().count(windows[i].times, now);
            }
            LimitDecision own = parts.get(i).quotas().decision(allowed, windows[i].times, now, shares);
            tightest = tightest == null ? own : tightest.tighter(own);
        }
        return tightest;
    }

    /** Returns the refusal by those windows that there are; null if none refuses. */
    private LimitDecision refusal(Window[] windows, int shares) {
        LimitDecision tightest = null;
        for (int i = 0; i < windows.length; i++) {
            Window window = windows[i];
            if (window != null) {
                synchronized (window) {
                    long now = time.nanos();
                    Quotas quotas = parts.get(i).quotas();
                    if (!quotas.hasRoom(window.times, now, shares)) {
                        LimitDecision own = quotas.decision(false, window.times, now, shares);
                        tightest = tightest == null ? own : tightest.tighter(own);
                    }
                }
            }
        }
        return tightest;
    }

    @Override
    public LimitDecision giveBack(LimitKey key, LimitDecision taken, int shares) {
        return tightest(i -> parts.get(i).giveBack(key.part(i), taken, shares));
    }

    @Override
    public void record(LimitKey key, long asked) {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).record(key.part(i), asked);
        }
    }

    @Override
    public LimitDecision refusal(LimitKey key) {
        return tightest(i -> parts.get(i).refusal(key.part(i)));
    }

    @Override
    public LimitDecision look(LimitKey key, int shares) {
        return tightest(i -> parts.get(i).look(key.part(i), shares));
    }

    private LimitDecision tightest(IntFunction<LimitDecision> decision) {
        return IntStream.range(0, parts.size())
                .mapToObj(decision)
                .filter(Objects::nonNull)
                .reduce(LimitDecision::tighter)
                .orElse(null);
    }

    @Override
    public List<Standing> explain(LimitKey key, int shares) {
        Standing[] standings = new Standing[limits.size()];
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).explain(key.part(i), shares, standings);
        }
        return List.of(standings);
    }

    @Override
    public void forgetHere(ClientAddress client) {
        parts.forEach(part -> part.forgetHere(client));
    }

    @Override
    public List<Usage> fullest(int most) {
        return parts.stream()
                .flatMap(part -> part.fullest(most).stream())
                .sorted(Usage.LESS_USED_FIRST.reversed())
                .limit(most)
                .toList();
    }

    @Override
    public int clients() {
        return parts.stream().mapToInt(SlidingWindow::clients).sum();
    }

    @Override
    public List<Limit> limits() {
        return limits;
    }

    @Override
    public String algorithm() {
        return SlidingWindow.algorithm(limits);
    }
}
