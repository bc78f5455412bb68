package gateway.limit;

import gateway.trace.LimitDecision;

/**
 * The rate of one limit, as a window checks it: fewer than so many of its times may lie within the period. Windows may
 * keep times for longer, for another limit.
 *
 * @param limit the number of the limit in its route
 * @param requests how many requests it allows in any period
 * @param nanos the period
 */
record Quota(int limit, int requests, long nanos) {
    /** Returns how many requests a gateway may let through that has one of so many shares: rounded up. */
    int requests(int shares) {
        return shares == 1 ? requests : (requests + shares - 1) / shares;
    }

    /** Returns whether another request may pass. */
    boolean hasRoom(TimeDeque times, long now, int shares) {
        int most = requests(shares);
        int size = times.size();
        return size < most || now - times.get(size - most) >= nanos;
    }

    /** Makes the decision on a request, or on one to come. */
    LimitDecision decision(boolean passes, TimeDeque times, long now, int shares) {
        return decision(passes, times, times.firstYounger(now, nanos), now, shares);
    }

    /** Returns how many of the times count. */
    int used(TimeDeque times, long now) {
        return times.size() - times.firstYounger(now, nanos);
    }

    /**
     * Makes the decision on a request, or on one to come.
     *
     * @param passes whether the request passes; if not, the decision says whether this limit would let it
     * @param first the index of the first time that counts; the size if none does
     */
    LimitDecision decision(boolean passes, TimeDeque times, int first, long now, int shares) {
        int size = times.size();
        int remaining = requests(shares) - (size - first);
        boolean allowed = passes || remaining > 0;
        if (remaining < 0) { // more count than this allows, so several must leave before one is free
            return new LimitDecision(allowed, 0, times.get(first - remaining) + nanos - now, now, 0, limit);
        }
        return new LimitDecision(allowed, remaining, first == size ? 0 : times.get(first) + nanos - now, now, 0, limit);
    }
}
