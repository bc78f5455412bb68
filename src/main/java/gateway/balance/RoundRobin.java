package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses each backend in turn; with different weights, in the turns of a {@link Schedule}, made once for each list. The
 * index overflows from the largest int to the smallest, hence floorMod. No request waits for another, but while a
 * schedule is made.
 */
public final class RoundRobin implements Balancer {
    /** The golden ratio: its multiples' fractions lie far apart, so few as well as many of them are spread evenly. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final AtomicInteger index;

    /** The index for what is left of a list: were it the other, each second one might always skip the same backend. */
    private final AtomicInteger again = new AtomicInteger();

    private volatile Schedule schedule; // null until weights differ

    /** @param index where to start; shared with the caller, which may display it */
    public RoundRobin(AtomicInteger index) {
        this.index = index;
    }

    @Override
    public Backend choose(Snapshot pool, RequestView request) {
        List<Backend> available = pool.available();
        int turn = index.getAndIncrement();
        return pool.even()
                ? available.get(Math.floorMod(turn, available.size()))
                : schedule(available).at(turn);
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
        return at(index.getAndIncrement(), available);
    }

    @Override
    public Optional<Backend> next(List<Backend> available) {
        return Optional.of(at(index.get(), available));
    }

    /** Returns whose turn it is, of a list that need not be the one for which the schedule is kept. */
    private Backend at(int turn, List<Backend> available) {
        if (Weights.areEven(available)) {
            return available.get(Math.floorMod(turn, available.size()));
        }
        Schedule known = schedule;
        return (known == null ? Schedule.of(available) : known.orOf(available)).at(turn);
    }

    private Schedule schedule(List<Backend> available) {
        Schedule known = schedule;
        return known != null && known.isOf(available) ? known : newSchedule(available);
    }

    private synchronized Schedule newSchedule(List<Backend> available) {
        Schedule known = schedule;
        if (known == null || !known.isOf(available)) {
            schedule = known == null ? Schedule.of(available) : known.orOf(available);
        }
        return schedule;
    }

    /** Chooses without a schedule, which isn't worth its while: what is left after a failure is seldom left again. */
    @Override
    public Backend chooseAgain(List<Backend> left, RequestView request) {
        long fraction = again.getAndIncrement() * GOLDEN >>> 1;
        return left.get(Weights.indexAt(Math.multiplyHigh(fraction, 2 * Weights.sum(left)), left));
    }

    @Override
    public String name() {
        return "Round Robin";
    }
}
