package gateway.balance;

import gateway.registry.Backend;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The order of a smooth weighted round robin, worked out in advance: {@code a a b a c a a} for the weights 5, 1, 1. At
 * each turn every backend gains its weight, the one that has gained most is chosen and loses the sum of all weights.
 * After as many turns as that sum, divided by the weights' greatest common divisor, all begins again.
 *
 * <p>A schedule has at most {@value #LONGEST} turns, so that weights like 999 and 1000 in a large pool cost no megabytes.
 * Where the exact one is longer, each backend gets its share of {@value #LONGEST} turns, rounded, but at least one: its
 * share of the requests is off by 0.003 % of all requests at most, or that of one turn instead of less.
 *
 * <p>Backends of the same weight are chosen one after another; so a turn is found by looking at each different weight,
 * of which there are few.
 */
final class Schedule {
    static final int LONGEST = 16_384;

    private final List<Backend> backends;
    private final int[] weights;
    private final Backend[] turns;

    private Schedule(List<Backend> backends, int[] weights, Backend[] turns) {
        this.backends = backends;
        this.weights = weights;
        this.turns = turns;
    }

    /** Works out the order for these backends with their present weights. */
    static Schedule of(List<Backend> backends) {
        int[] weights = weights(backends);
        return new Schedule(backends, weights, turns(backends, parts(weights)));
    }

    /** Returns this schedule if it is that of these backends with their present weights; else the new one. */
    Schedule orOf(List<Backend> others) {
        if (backends.size() != others.size()) {
            return of(others);
        }
        for (int i = 0; i < weights.length; i++) {
            if (others.get(i) != backends.get(i) || Weights.of(others.get(i)) != weights[i]) {
                return of(others);
            }
        }
        return new Schedule(others, weights, turns);
    }

    /** Returns whether it was made for this very list. */
    boolean isOf(List<Backend> list) {
        return backends == list;
    }

    /** Returns the backend whose turn it is; any int is a turn. */
    Backend at(int turn) {
        return turns[Math.floorMod(turn, turns.length)];
    }

    /** Returns after how many turns all begins again. */
    int length() {
        return turns.length;
    }

    private static int[] weights(List<Backend> backends) {
        return backends.stream().mapToInt(Weights::of).toArray();
    }

    /** Returns how many turns each has. */
    private static int[] parts(int[] weights) {
        long divisor = 0;
        long sum = 0;
        for (int weight : weights) {
            divisor = gcd(weight, divisor);
            sum += weight;
        }
        double scale = sum / divisor <= LONGEST ? 1.0 / divisor : (double) LONGEST / sum;
        int[] parts = new int[weights.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = (int) Math.max(1, Math.round(weights[i] * scale));
        }
        return parts;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static Backend[] turns(List<Backend> backends, int[] parts) {
        TreeMap<Integer, IntStream.Builder> indexes = new TreeMap<>();
        long sum = 0;
        for (int i = 0; i < parts.length; i++) {
            indexes.computeIfAbsent(parts[i], part -> IntStream.builder()).add(i);
            sum += parts[i];
        }
        Equals[] equals = indexes.entrySet().stream()
                .map(entry ->
                        new Equals(entry.getKey(), entry.getValue().build().toArray()))
                .toArray(Equals[]::new);
        Backend[] turns = new Backend[(int) sum];
        for (int turn = 0; turn < turns.length; turn++) {
            Equals best = equals[0];
            for (Equals other : equals) {
                if (other.isBefore(best, turn, sum)) {
                    best = other;
                }
            }
            turns[turn] = backends.get(best.take());
        }
        return turns;
    }

    /** The backends of one weight, which take turns among themselves. */
    private static final class Equals {
        private final long weight;
        private final int[] indexes;
        private int taken;

        Equals(long weight, int[] indexes) {
            this.weight = weight;
            this.indexes = indexes;
        }

        private long gained(int turn, long sum) {
            return (turn + 1L) * weight - taken / indexes.length * sum;
        }

        private int next() {
            return indexes[taken % indexes.length];
        }

        boolean isBefore(Equals other, int turn, long sum) {
            long gained = gained(turn, sum);
            long others = other.gained(turn, sum);
            return gained > others || gained == others && next() < other.next();
        }

        int take() {
            int index = next();
            taken++;
            return index;
        }
    }
}
