package gateway.balance;

import gateway.registry.Backend;
import gateway.util.Hash64;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Rendezvous hashing: a key goes to the backend that draws the best lot for it. The lots are a hash of both, so every
 * gateway finds the same one, and a backend that goes takes only its own keys away: they spread over the others by
 * weight. There is nothing to store; a choice looks at each backend once, for some 6 ns.
 *
 * <p>A lot is the time until a first event that comes as often as the backend's weight says: the share of keys for which
 * it is the shortest of all is the weight's share.
 */
final class Rendezvous {
    private static final double UNIT = 0x1p-53;

    private Rendezvous() {}

    /** Returns the backend to which a key belongs; null if none fits. */
    static Backend of(long key, List<Backend> backends, ToDoubleFunction<Backend> weight, Predicate<Backend> fits) {
        Backend best = null;
        double shortest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            double fraction = ((Hash64.of(key ^ backend.placement()) >>> 11) + 1) * UNIT; // above 0, up to 1
            double rate = weight.applyAsDouble(backend);
            if (1 - fraction < shortest * rate) { // no logarithm where it is longer at any rate: -log(x) >= 1 - x
                double lot = -Math.log(fraction) / rate;
                if (lot < shortest && fits.test(backend)) {
                    shortest = lot;
                    best = backend;
                }
            }
        }
        return best;
    }
}
