package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;

/**
 * Sends requests with the same key to the same backend, by weight, as long as the backends stay the same; see {@link
 * Rendezvous}. One that has just become available gets its keys one after another.
 *
 * <p>The load is bounded: a backend that has more than {@value #MOST} times its fair share of the requests under way
 * gets no further one until it has fewer; the key's next best does. The fair share is by weight, and a backend may have
 * {@value #ALWAYS} in any case, since so few are no load, and one browser sends as many at once. Open WebSockets don't
 * count.
 */
public final class ConsistentHash implements Balancer {
    private static final double MOST = 1.25;
    private static final int ALWAYS = 8;

    private final String name;
    private final HashKey key;
    private final WarmUp warmUp;

    /** @param name the strategy's name for people */
    public ConsistentHash(String name, HashKey key, WarmUp warmUp) {
        this.name = name;
        this.key = key;
        this.warmUp = warmUp;
    }

    @Override
    public Backend choose(Snapshot pool, RequestView request) {
        List<Backend> available = pool.available();
        if (warmUp.isOver(pool)) {
            return choose(available, request);
        }
        long hash = key.of(request);
        return bounded(
                hash,
                Rendezvous.of(hash, available, backend -> Weights.of(backend) * warmUp.part(backend), any -> true),
                available);
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
        long hash = key.of(request);
        return bounded(hash, Rendezvous.of(hash, available, Weights::of, any -> true), available);
    }

    private static Backend bounded(long hash, Backend first, List<Backend> available) {
        if (first.load().requestsUnderWay() < ALWAYS) {
            return first;
        }
        long underWay = 1; // this one
        for (int i = 0; i < available.size(); i++) {
            underWay += available.get(i).load().requestsUnderWay();
        }
        double most = MOST * underWay / Weights.sum(available);
        if (hasRoom(first, most)) {
            return first;
        }
        Backend next = Rendezvous.of(hash, available, Weights::of, backend -> hasRoom(backend, most));
        return next == null ? first : next; // those who choose at the same moment may have filled all
    }

    /** @param most how many may be under way for each unit of weight */
    private static boolean hasRoom(Backend backend, double most) {
        int underWay = backend.load().requestsUnderWay();
        return underWay < ALWAYS || underWay <= most * Weights.of(backend);
    }

    @Override
    public boolean binds() {
        return true;
    }

    @Override
    public String name() {
        return name;
    }
}
