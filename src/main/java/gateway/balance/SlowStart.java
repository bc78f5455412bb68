package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Gives a backend that has just become available its share of another strategy's choices only little by little: a cold
 * program is slow at first. When that strategy chooses it, it is passed over with a probability that falls from 1 to 0;
 * but not if all others are as new, or there is no other.
 */
public final class SlowStart implements Balancer {
    private final Balancer balancer;
    private final WarmUp warmUp;
    private final Supplier<? extends RandomGenerator> random;

    /**
     * @param balancer the other strategy
     * @param random gives the calling thread a source of randomness
     */
    public SlowStart(Balancer balancer, WarmUp warmUp, Supplier<? extends RandomGenerator> random) {
        this.balancer = balancer;
        this.warmUp = warmUp;
        this.random = random;
    }

    @Override
    public Backend choose(Snapshot pool, RequestView request) {
        Backend chosen = balancer.choose(pool, request);
        if (warmUp.isOver(pool)) {
            return chosen;
        }
        double part = warmUp.part(chosen);
        if (part == 1 || random.get().nextDouble() < part) {
            return chosen;
        }
        List<Backend> warm = warmUp.warm(pool.available());
        return warm.isEmpty() ? chosen : balancer.chooseAgain(warm, request);
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
        return balancer.choose(available, request);
    }

    @Override
    public Backend chooseAgain(List<Backend> left, RequestView request) {
        return balancer.chooseAgain(left, request);
    }

    @Override
    public Optional<Backend> next(List<Backend> available) {
        return balancer.next(available);
    }

    @Override
    public String name() {
        return balancer.name();
    }
}
