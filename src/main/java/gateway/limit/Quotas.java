package gateway.limit;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit.Standing;
import gateway.limit.RateLimit.Usage;
import gateway.route.Limit;
import gateway.trace.LimitDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The quotas of those limits of a route that count by the same key, like 5/1s and 100/60s by client: all are checked
 * against the same deque of times, which is as long as the longest period needs. Immutable; the caller guards the deque.
 */
final class Quotas {
    /** That with the longest period: for so long times are kept, so all that are there count. */
    private final Quota longest;

    private final Quota[] others;

    private Quotas(List<Quota> longestFirst) {
        this.longest = longestFirst.get(0);
        this.others = longestFirst.stream().skip(1).toArray(Quota[]::new);
    }

    /**
     * Picks those that count by the same key.
     *
     * @param limits all limits of the route
     * @param countedBy what at least one of them counts by
     */
    static Quotas of(List<Limit> limits, CountedBy countedBy) {
        return new Quotas(IntStream.range(0, limits.size())
                .filter(i -> CountedBy.of(limits.get(i)).equals(countedBy))
                .mapToObj(i -> new Quota(
                        i,
                        limits.get(i).rate().requests(),
                        limits.get(i).rate().window().toNanos()))
                .sorted(Comparator.comparingLong(Quota::nanos).reversed().thenComparingInt(Quota::requests))
                .toList());
    }

    /** Returns the most times to keep. */
    int keptTimes() {
        return longest.requests();
    }

    /** Returns how long to keep a time, nanoseconds. */
    long keptNanos() {
        return longest.nanos();
    }

    /** Removes the times that count for none of these limits any more. */
    void dropOld(TimeDeque times, long now) {
        times.dropOld(now, longest.nanos());
    }

    /** Removes such times, and returns whether another request may pass. */
    boolean hasRoom(TimeDeque times, long now, int shares) {
        dropOld(times, now);
        if (times.size() >= longest.requests(shares)) {
            return false;
        }
        for (Quota other : others) {
            if (!other.hasRoom(times, now, shares)) {
                return false;
            }
        }
        return true;
    }

    /** Counts a request that passes. */
    void count(TimeDeque times, long now) {
        times.addLast(now, longest.requests());
    }

    /** Counts a request that passed elsewhere, maybe beyond the limit. */
    void record(TimeDeque times, long now, long asked) {
        dropOld(times, now);
        while (times.size() >= longest.requests()) {
            times.removeFirst(); // keep the latest, which count longest
        }
        times.add(asked, longest.requests());
    }

    /**
     * Makes the decision of the tightest on a request, or on one to come. Old times must have been dropped.
     *
     * @param passes whether the request passes; if not, the decision says whether one would
     */
    LimitDecision decision(boolean passes, TimeDeque times, long now, int shares) {
        LimitDecision tightest = longest.decision(passes, times, 0, now, shares);
        for (Quota other : others) {
            tightest = tightest.tighter(other.decision(passes, times, now, shares));
        }
        return tightest;
    }

    /**
     * Fills in how a client stands with each of these limits.
     *
     * @param standings those of all limits of the route, in their order
     */
    void explain(TimeDeque times, long now, int shares, boolean own, String store, Standing[] standings) {
        dropOld(times, now);
        for (Quota quota : all().toList()) {
            int first = times.firstYounger(now, quota.nanos());
            standings[quota.limit()] = new Standing(
                    quota.decision(false, times, first, now, shares),
                    times.size() - first,
                    ages(times, first, now),
                    own,
                    store);
        }
    }

    private static List<Long> ages(TimeDeque times, int first, long now) {
        List<Long> ages = new ArrayList<>();
        for (int i = first; i < times.size() && ages.size() < RateLimit.MOST_AGES; i++) {
            ages.add(now - times.get(i));
        }
        return ages;
    }

    /** Returns how much a client has used of the tightest. There must be a time, and none that is old. */
    Usage usage(ClientAddress client, TimeDeque times, long now) {
        LimitDecision tightest = decision(false, times, now, 1);
        Quota quota =
                all().filter(any -> any.limit() == tightest.limit()).findFirst().orElseThrow();
        return new Usage(
                client,
                quota.limit(),
                quota.used(times, now),
                tightest.remaining(),
                tightest.allowed() ? 0 : tightest.resetNanos(),
                Math.max(0, times.last() + quota.nanos() - now));
    }

    private Stream<Quota> all() {
        return Stream.concat(Stream.of(longest), Arrays.stream(others));
    }
}
