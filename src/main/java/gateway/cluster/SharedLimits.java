package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.limit.LimitStore;
import gateway.limit.MemoryLimit;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Sharing;
import gateway.net.ChannelSelector;
import gateway.registry.ClusterMembers;
import gateway.settings.RedisSettings;
import gateway.settings.RedisSettings.Fallback;
import gateway.util.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The limits of all routes for all gateways, in Redis. They have one access to Redis in common, which is opened when the
 * first route has a limit.
 */
final class SharedLimits implements LimitStore {
    private final RedisSettings settings;
    private final ClusterMembers gateways;
    private final Time time;
    private final Script script = Script.named("take.lua");
    private final RedisAccess redis;
    private final Looks looks;
    private final Forgotten forgotten;
    private final LongAdder decidedByRedis = new LongAdder();
    private final LongAdder decidedAlone = new LongAdder();
    private volatile boolean wanted;
    private boolean started; // guarded by this, like the next
    private boolean telling;

    /** @param gateways the gateways among which limits are divided without Redis */
    SharedLimits(RedisSettings settings, ClusterMembers gateways, Time time) {
        this.settings = settings;
        this.gateways = gateways;
        this.time = time;
        this.redis = new RedisAccess(settings, script, this::describeFallback, time);
        this.looks = new Looks(time);
        this.forgotten = new Forgotten(settings, time);
    }

    @Override
    public synchronized RateLimit limit(String route, MemoryLimit memory) {
        if (started && !wanted) {
            redis.startLater();
            startTelling();
        }
        wanted = true;
        return new SharedLimit(route, memory, new RedisWindow(script, route, memory.limits(), settings), this);
    }

    /**
     * Connects, so that the first requests needn't wait for that, and starts probing; if no route has a limit, only when
     * one gets its first.
     */
    @Override
    public synchronized void start() {
        if (wanted) {
            redis.start();
            startTelling();
        }
        started = true;
    }

    /** Has requests wait for Redis's answers at this selector. To be called before the first request. */
    void waitFor(ChannelSelector selector) {
        redis.waitFor(selector);
    }

    private void startTelling() {
        forgotten.start();
        telling = true;
    }

    @Override
    public void onForgotten(BiConsumer<String, ClientAddress> action) {
        forgotten.onLearned((route, client) -> {
            looks.forget();
            action.accept(route, client);
        });
    }

    /** Returns what has ended for good though this isn't closed; normally nothing. */
    List<String> failed() {
        return Stream.concat(redis.failed().stream(), forgotten.failed().stream())
                .toList();
    }

    /** Probes Redis once, for tests. */
    void probe() {
        redis.probe();
    }

    private String describeFallback() {
        return switch (settings.fallback()) {
            case DIVIDE ->
                "this gateway limits by its own memory, to its share: 1/" + gateways.count() + " of each limit";
            case LOCAL -> "this gateway limits by its own memory";
            case OPEN -> "no client is limited";
            case CLOSED -> "all requests to services are refused";
        };
    }

    /** Returns how requests are limited while Redis can't be reached. */
    Fallback fallback() {
        return settings.fallback();
    }

    /** Returns by how much the limits are divided then. */
    int shares() {
        return settings.fallback() == Fallback.DIVIDE ? gateways.count() : 1;
    }

    RedisAccess redis() {
        return redis;
    }

    Forgotten forgotten() {
        return forgotten;
    }

    Looks looks() {
        return looks;
    }

    long nanos() {
        return time.nanos();
    }

    void decidedByRedis() {
        decidedByRedis.increment();
    }

    void decidedAlone() {
        decidedAlone.increment();
    }

    @Override
    public Optional<Sharing> sharing() {
        if (!wanted) {
            return Optional.empty();
        }
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
    public synchronized void close() {
        if (telling) {
            forgotten.close();
        }
        redis.close();
    }
}
