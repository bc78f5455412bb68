package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Chooses the better of two random backends: the one with fewer requests under way for its weight, open WebSockets
 * included, or the first if they are equal. Two are enough to keep off a slow one, and unlike with the best of all, a
 * choice costs the same in a large pool.
 *
 * <p>Of three or fewer it chooses the best. Else a slow one of three would get a quarter more requests than it must: of
 * the two others, it is compared with one that happens to have more under way than usual.
 *
 * <p>A backend is drawn as often as its weight says. So an idle pool is used in the proportions of the weights, too.
 */
public final class LeastRequests implements Balancer {
    private static final int FEW = 3;

    private final Supplier<? extends RandomGenerator> random;

    /** @param random gives the calling thread a source of randomness */
    public LeastRequests(Supplier<? extends RandomGenerator> random) {
        this.random = random;
    }

    @Override
    public Backend choose(Snapshot pool, RequestView request) {
        return choose(pool.available(), pool.even());
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
        return choose(available, Weights.areEven(available));
    }

    private Backend choose(List<Backend> available, boolean even) {
        int size = available.size();
        if (size == 1) {
            return available.get(0);
        }
        RandomGenerator dice = random.get();
        long sum = even ? size : Weights.sum(available);
        int first = even ? dice.nextInt(size) : Weights.indexAt(dice.nextLong(sum), available);
        if (size <= FEW) {
            return best(first, available);
        }
        Backend one = available.get(first);
        if (even) {
            int second = dice.nextInt(size - 1);
            return better(one, available.get(second < first ? second : second + 1));
        }
        return better(one, otherThan(first, dice.nextLong(Math.max(1, sum - Weights.of(one))), available));
    }

    private static Backend best(int first, List<Backend> available) {
        Backend best = available.get(first);
        for (int i = 1; i < available.size(); i++) {
            int next = first + i;
            best = better(best, available.get(next < available.size() ? next : next - available.size()));
        }
        return best;
    }

    /** Returns the backend at a place among those without one of them; see {@link Weights#indexAt}. */
    private static Backend otherThan(int first, long place, List<Backend> available) {
        long left = place;
        Backend last = null;
        for (int i = 0; i < available.size() && left >= 0; i++) {
            if (i != first) {
                last = available.get(i);
                left -= Weights.of(last);
            }
        }
        return last;
    }

    private static Backend better(Backend first, Backend second) {
        return (long) second.load().inFlight() * Weights.of(first)
                        < (long) first.load().inFlight() * Weights.of(second)
                ? second
                : first;
    }

    @Override
    public String name() {
        return "Least Requests";
    }
}
