package gateway.balance;

import gateway.registry.Backend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Each in turn. The index runs over from the largest int to the smallest, so it is taken by floorMod. */
public final class RoundRobin implements Balancer {
    private final AtomicInteger index;

    /** @param index where to start; shared, so that it can be shown */
    public RoundRobin(AtomicInteger index) {
        this.index = index;
    }

    @Override
    public Backend choose(List<Backend> available) {
        return available.get(Math.floorMod(index.getAndIncrement(), available.size()));
    }

    @Override
    public Optional<Backend> next(List<Backend> available) {
        return Optional.of(available.get(Math.floorMod(index.get(), available.size())));
    }

    @Override
    public String name() {
        return "Round Robin";
    }
}
