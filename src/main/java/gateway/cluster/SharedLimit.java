package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit;
import gateway.limit.SlidingWindow;
import gateway.registry.ClusterMembers;
import gateway.settings.Rate;
import gateway.settings.RedisSettings;
import gateway.util.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * One limit for all gateways: Redis decides, and while it can't be reached, this gateway's memory as the fallback has it.
 *
 * <p>The memory is told of each request that passes here, whoever let it pass, by the time at which it came. So it knows
 * a part of what Redis knows, never later. That makes a switch to it no fresh budget; and a client whose requests here
 * alone fill its window is refused without asking, as Redis would refuse it, so that a flood through one gateway costs Redis
 * nothing.
 *
 * <p>Redis failing is never the client's failure: a request passes, or it is refused with 429.
 */
public final class SharedLimit implements RateLimit {
    private static final String STORE = "redis";

    private static final Decision CLOSED = new Decision(false, 0, 1_000_000_000L);

    private final RedisSettings settings;
    private final SlidingWindow memory;
    private final ClusterMembers gateways;
    private final Time time;
    private final int limit;
    private final RedisWindow window;
    private final Reach reach;
    private final LongAdder together = new LongAdder();
    private final LongAdder alone = new LongAdder();

    /**
     * @param memory this gateway's own window, of the rate that is held
     * @param gateways among how many the limit is divided without Redis
     */
    public SharedLimit(RedisSettings settings, SlidingWindow memory, ClusterMembers gateways, Time time) {
        Rate rate = memory.rate().orElseThrow();
        this.settings = settings;
        this.memory = memory;
        this.gateways = gateways;
        this.time = time;
        this.limit = rate.requests();
        this.window = new RedisWindow(rate, settings.prefix());
        this.reach = new Reach(settings, window, this::fallbackWords, time);
    }

    /**
     * Connects, so that the first requests needn't wait for it, and begins to probe.
     *
     * @throws gateway.settings.InvalidSettings if Redis can't be reached and is required
     */
    @Override
    public void start() {
        reach.start();
    }

    /** The background's step, for tests. */
    void probe() {
        reach.probe();
    }

    private String fallbackWords() {
        return switch (settings.fallback()) {
            case DIVIDE ->
                "This gateway limits by its own memory, its share of " + dividedLimit() + " of " + limit + " requests,";
            case LOCAL -> "This gateway limits by its own memory";
            case OPEN -> "Nobody is limited";
            case CLOSED -> "All requests to services are refused";
        };
    }

    private int dividedLimit() {
        int count = gateways.count();
        return (limit + count - 1) / count;
    }

    @Override
    public Decision take(ClientAddress client) {
        long asked = time.nanos();
        if (!reach.isLost()) {
            Decision refusal = memory.refusal(client);
            if (refusal != null) {
                alone.increment();
                return refusal;
            }
            Object answer = reach.ask(client, window.take(client));
            if (answer != null) {
                together.increment();
                Decision decision = window.decision(answer);
                if (decision.allowed()) {
                    memory.record(client, asked);
                }
                return decision;
            }
        }
        alone.increment();
        return switch (settings.fallback()) {
            case DIVIDE -> memory.take(client, dividedLimit());
            case LOCAL -> memory.take(client);
            case CLOSED -> CLOSED;
            case OPEN -> {
                memory.record(client, asked);
                yield passing(memory.look(client));
            }
        };
    }

    @Override
    public Decision look(ClientAddress client) {
        Object answer = reach.ask(client, window.look(client));
        if (answer == null) {
            return lookAlone(client);
        }
        Decision refusal = memory.refusal(client);
        return refusal == null ? window.decision(answer) : refusal;
    }

    private Decision lookAlone(ClientAddress client) {
        return switch (settings.fallback()) {
            case DIVIDE -> memory.look(client, dividedLimit());
            case LOCAL -> memory.look(client);
            case OPEN -> passing(memory.look(client));
            case CLOSED -> CLOSED;
        };
    }

    private static Decision passing(Decision decision) {
        return new Decision(true, decision.remaining(), decision.resetNanos());
    }

    @Override
    public Standing explain(ClientAddress client) {
        Object answer = reach.ask(client, window.explain(client));
        Standing known = memory.explain(client);
        if (answer != null) {
            Decision decision = window.decision(answer);
            // What passed here while Redis was away it doesn't know; a request would be refused all the same
            return decision.allowed() && memory.refusal(client) != null
                    ? known
                    : new Standing(decision, window.used(answer), window.ages(answer), true, STORE);
        }
        return new Standing(lookAlone(client), known.used(), known.ages(), known.own(), known.store());
    }

    @Override
    public Optional<Sharing> sharing() {
        Breaker.State state = reach.state();
        return Optional.of(new Sharing(
                state.closed(), state.since(), state.words(), together.sum(), alone.sum(), reach.failures()));
    }

    @Override
    public List<Usage> fullest(int most) {
        return memory.fullest(most);
    }

    @Override
    public Optional<Rate> rate() {
        return memory.rate();
    }

    @Override
    public String algorithm() {
        return memory.algorithm();
    }

    @Override
    public void forgetIdle() {
        memory.forgetIdle();
    }

    @Override
    public int clients() {
        return memory.clients();
    }

    @Override
    public void close() {
        reach.close();
    }
}
