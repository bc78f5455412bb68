package gateway.balance;

import gateway.registry.Backend;
import java.util.List;

/** The weights of backends that are to be chosen from. A weight may become 0 at any time, after the list was made. */
final class Weights {
    private Weights() {}

    /** Returns a backend's weight, at least 1. */
    static int of(Backend backend) {
        return Math.max(1, backend.weight());
    }

    /** Returns whether all have the same weight. */
    static boolean areEven(List<Backend> backends) {
        int first = of(backends.get(0));
        for (int i = 1; i < backends.size(); i++) {
            if (of(backends.get(i)) != first) {
                return false;
            }
        }
        return true;
    }

    /** Returns the sum of all weights. */
    static long sum(List<Backend> backends) {
        long sum = 0;
        for (int i = 0; i < backends.size(); i++) {
            sum += of(backends.get(i));
        }
        return sum;
    }

    /**
     * Returns the index of the backend at a place, if each takes as many places as its weight; the last one if weights
     * have changed meanwhile and the place lies behind them.
     */
    static int indexAt(long place, List<Backend> backends) {
        long left = place;
        for (int i = 0; i < backends.size() - 1; i++) {
            left -= of(backends.get(i));
            if (left < 0) {
                return i;
            }
        }
        return backends.size() - 1;
    }
}
