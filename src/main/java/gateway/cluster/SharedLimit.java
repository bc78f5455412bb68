package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit;
import gateway.limit.SlidingWindow;
import gateway.registry.ClusterMembers;
import gateway.settings.Rate;
import gateway.settings.RedisSettings;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * One limit for all gateways: Redis decides; while it can't be reached, this gateway decides by its own memory, as the
 * setting for the fallback says.
 *
 * <p>The memory records each request that passes here, also those that Redis let through. So it knows a part of what
 * Redis knows, and a switch to it gives no client a fresh budget. A client whose requests at this gateway alone fill
 * its window is refused without asking Redis, which would refuse it too; so a flood through one gateway costs Redis
 * nothing.
 *
 * <p>A failure of Redis never fails a request: it passes, or it is refused with 429.
 */
public final class SharedLimit implements RateLimit {
    private static final String STORE = "redis";

    private static final LimitDecision CLOSED = new LimitDecision(false, 0, 1_000_000_000L);

    private final RedisSettings settings;
    private final SlidingWindow memory;
    private final ClusterMembers gateways;
    private final Time time;
    private final int limit;
    private final RedisWindow window;
    private final RedisAccess redis;
    private final Looks looks;
    private final LongAdder decidedByRedis = new LongAdder();
    private final LongAdder decidedAlone = new LongAdder();

    /**
     * @param memory this gateway's own window, with the rate to apply
     * @param gateways the gateways among which the limit is divided without Redis
     */
    public SharedLimit(RedisSettings settings, SlidingWindow memory, ClusterMembers gateways, Time time) {
        Rate rate = memory.rate().orElseThrow();
        this.settings = settings;
        this.memory = memory;
        this.gateways = gateways;
        this.time = time;
        this.limit = rate.requests();
        this.window = new RedisWindow(rate, settings.prefix());
        this.redis = new RedisAccess(settings, window, this::describeFallback, time);
        this.looks = new Looks(time);
    }

    /**
     * Connects, so that the first requests needn't wait for that, and starts probing.
     *
     * @throws gateway.settings.InvalidSettings if Redis can't be reached and is required
     */
    @Override
    public void start() {
        redis.start();
    }

    /** Returns what has ended for good though the limit isn't closed; normally nothing. */
    List<String> failed() {
        return redis.failed();
    }

    /** Probes Redis once, for tests. */
    void probe() {
        redis.probe();
    }

    private String describeFallback() {
        return switch (settings.fallback()) {
            case DIVIDE ->
                "this gateway limits by its own memory, to its share: " + dividedLimit() + " of " + limit + " requests";
            case LOCAL -> "this gateway limits by its own memory";
            case OPEN -> "no client is limited";
            case CLOSED -> "all requests to services are refused";
        };
    }

    private int dividedLimit() {
        int count = gateways.count();
        return (limit + count - 1) / count;
    }

    @Override
    public LimitDecision take(ClientAddress client) {
        long asked = time.nanos();
        if (!redis.isDown()) {
            LimitDecision refusal = memory.refusal(client);
            if (refusal != null) {
                decidedAlone.increment();
                return refusal;
            }
            Object answer = redis.ask(client, window.take(client));
            if (answer != null) {
                decidedByRedis.increment();
                LimitDecision decision = window.decision(answer, asked);
                if (decision.allowed()) {
                    memory.record(client, asked);
                }
                return decision;
            }
        }
        decidedAlone.increment();
        return switch (settings.fallback()) {
            case DIVIDE -> memory.take(client, dividedLimit());
            case LOCAL -> memory.take(client);
            case CLOSED -> CLOSED;
            case OPEN -> {
                memory.record(client, asked);
                LimitDecision standing = memory.look(client);
                yield new LimitDecision(true, standing.remaining(), standing.resetNanos(), asked, 0);
            }
        };
    }

    /**
     * Takes the request back where it was counted. While Redis can't be reached it stays counted there: then the client
     * has one request less, never one more.
     */
    @Override
    public LimitDecision giveBack(ClientAddress client, LimitDecision taken) {
        int applied = settings.fallback() == RedisSettings.Fallback.DIVIDE ? dividedLimit() : limit;
        LimitDecision standing = memory.giveBack(client, taken, applied);
        if (taken.sharedAt() != 0) {
            Object answer = redis.ask(client, window.giveBack(client, taken.sharedAt()));
            standing = answer == null ? standing : window.decision(answer);
        }
        return passing(standing);
    }

    @Override
    public LimitDecision look(ClientAddress client) {
        return explain(client).decision();
    }

    private LimitDecision lookInMemory(ClientAddress client) {
        return switch (settings.fallback()) {
            case DIVIDE -> memory.look(client, dividedLimit());
            case LOCAL -> memory.look(client);
            case OPEN -> passing(memory.look(client));
            case CLOSED -> CLOSED;
        };
    }

    private static LimitDecision passing(LimitDecision decision) {
        return new LimitDecision(true, decision.remaining(), decision.resetNanos());
    }

    /**
     * Explains what a request would meet, as {@link Looks} of Redis has it. Whoever would be refused by this memory
     * alone is told so by it: Redis may not know what passed here while it was down.
     */
    @Override
    public Standing explain(ClientAddress client) {
        Standing known = memory.explain(client);
        if (redis.isDown()) {
            return new Standing(lookInMemory(client), known.used(), known.ages(), known.own(), known.store());
        }
        return memory.refusal(client) != null
                ? known
                : looks.standing(client, known.used(), () -> explainByRedis(client))
                        .orElse(known);
    }

    private Standing explainByRedis(ClientAddress client) {
        Object answer = redis.ask(client, window.explain(client));
        return answer == null
                ? null
                : new Standing(window.decision(answer), window.used(answer), window.ages(answer), true, STORE);
    }

    @Override
    public Optional<Sharing> sharing() {
        Breaker.State state = redis.state();
        return Optional.of(new Sharing(
                state.closed(),
                state.since(),
                state.words(),
                decidedByRedis.sum(),
                decidedAlone.sum(),
                redis.failures()));
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
        redis.close();
    }
}
