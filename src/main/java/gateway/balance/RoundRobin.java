package gateway.balance;

import gateway.registry.Backend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses each backend in turn. The index overflows from the largest int to the smallest, hence floorMod. */
public final class RoundRobin implements Balancer {
    private final AtomicInteger index;

    /** @param index where to start; shared with the caller, which may display it */
    public RoundRobin(AtomicInteger index) {
        this.index = index;
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
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
