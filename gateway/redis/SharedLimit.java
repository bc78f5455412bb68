package gateway.redis;

import gateway.BadSettings;
import gateway.Rate;
import gateway.RedisSettings;
import gateway.Threads;
import gateway.Time;
import gateway.Timer;
import gateway.limit.ClientAddress;
import gateway.limit.RateLimit;
import gateway.limit.SlidingWindow;
import gateway.redis.Redis.Call;
import gateway.registry.Gateways;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(SharedLimit.class);
    private static final String STORE = "redis";
    private static final int THREADS = 2;
    private static final Duration PROBE_PAUSE = Duration.ofMillis(250);
    private static final Duration START_PATIENCE = Duration.ofSeconds(1);

    /** After so many pauses without a success, Redis is asked even if no request does. */
    private static final int QUIET = 4;

    private static final Decision CLOSED = new Decision(false, 0, 1_000_000_000L);

    private final RedisSettings settings;
    private final SlidingWindow memory;
    private final Gateways gateways;
    private final Time time;
    private final int limit;
    private final RedisWindow window;
    private final Redis redis;
    private final Decisions decisions;
    private final Breaker breaker;
    private final LongAdder shared = new LongAdder();
    private final LongAdder alone = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private Timer timer;
    private long sharedBefore;
    private int quiet;
    private volatile ClientAddress failedLast = new ClientAddress(0);

    /**
     * @param memory this gateway's own window, of the rate that is held
     * @param gateways among how many the limit is divided without Redis
     */
    public SharedLimit(RedisSettings settings, SlidingWindow memory, Gateways gateways, Time time) {
        Rate rate = memory.rate().orElseThrow();
        this.settings = settings;
        this.memory = memory;
        this.gateways = gateways;
        this.time = time;
        this.limit = rate.requests();
        this.window = new RedisWindow(rate, settings.prefix());
        this.redis = new Redis(settings, settings.timeout(), THREADS + 1); // and one for the probe
        this.decisions = new Decisions(redis, settings.timeout(), THREADS);
        this.breaker = new Breaker(time);
    }

    /**
     * Connects, so that the first requests needn't wait for it, and begins to probe. To be called before requests come.
     *
     * @throws BadSettings if Redis can't be reached and is required
     */
    @Override
    public void start() {
        try (Redis patient = new Redis(settings, START_PATIENCE, 1)) {
            patient.run(window.probe(failedLast));
            connect();
        } catch (RedisFailure e) {
            if (settings.required()) {
                redis.close();
                throw new BadSettings(
                        List.of("GATEWAY_REDIS_URL: Redis at " + redis + " can't be used: " + e.getMessage()));
            }
            down(e.getMessage());
        }
        decisions.start();
        timer = new Timer("redis-probe");
        timer.every(PROBE_PAUSE, "probe of Redis", this::probe);
    }

    /**
     * Opens all connections that decisions will use, at the same time: a request that had to open one would wait for several ways to
     * Redis and back, and where Redis is far, in vain. A failure shows with the requests.
     */
    private void connect() {
        List<Thread> threads = IntStream.rangeClosed(0, THREADS)
                .mapToObj(any -> Threads.daemons("redis-connect").newThread(() -> redis.runAll(warmUp())))
                .toList();
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Call> warmUp() {
        return Collections.nCopies(20, window.probe(failedLast)); // so that they are under way at the same time
    }

    /**
     * Asks Redis in the background: when it is down, whether it is back; and when no request has asked it lately, whether it still is
     * there. One short step, of which {@link #start} makes a timer's.
     */
    void probe() {
        long now = shared.sum();
        quiet = now == sharedBefore ? quiet + 1 : 0;
        sharedBefore = now;
        boolean open = breaker.isOpen();
        if (!open && quiet < QUIET) {
            return;
        }
        if (open) {
            redis.reset(); // what is left of its connections leads nowhere, and its name may mean another address now
        }
        try {
            redis.run(window.probe(failedLast));
            quiet = 0;
            breaker.succeeded();
            if (open) {
                connect();
                up();
            }
        } catch (RedisFailure e) {
            if (!open) {
                failed(e.getMessage());
            }
        }
    }

    private void up() {
        Breaker.State before = breaker.state();
        if (breaker.close()) {
            LOG.info(
                    "Redis at {} is back; it was unreachable since {}. One limit for all gateways again",
                    redis,
                    before.since());
        }
    }

    private void failed(String words) {
        failures.increment();
        if (breaker.failed(words)) {
            tell(words);
        }
    }

    private void down(String words) {
        failures.increment();
        if (breaker.open(words)) {
            tell(words);
        }
    }

    private void tell(String words) {
        LOG.warn("Redis at {} is unreachable: {}. {} until it is back; it is tried on", redis, words, fallbackWords());
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
        if (!breaker.isOpen()) {
            Decision refusal = memory.refusal(client);
            if (refusal != null) {
                alone.increment();
                return refusal;
            }
            Object answer = ask(client, window.take(client));
            if (answer != null) {
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

    /** Null if Redis doesn't answer. */
    private Object ask(ClientAddress client, Call call) {
        try {
            Object answer = decisions.ask(call);
            breaker.succeeded();
            shared.increment();
            return answer;
        } catch (RedisFailure e) {
            failedLast = client;
            failed(e.getMessage());
            return null;
        }
    }

    @Override
    public Decision look(ClientAddress client) {
        Object answer = breaker.isOpen() ? null : ask(client, window.look(client));
        return answer == null ? lookAlone(client) : window.decision(answer);
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
        Object answer = breaker.isOpen() ? null : ask(client, window.explain(client));
        if (answer != null) {
            return new Standing(window.decision(answer), window.used(answer), window.ages(answer), true, STORE);
        }
        Standing known = memory.explain(client);
        return new Standing(lookAlone(client), known.used(), known.ages(), known.own(), known.store());
    }

    @Override
    public Optional<Sharing> sharing() {
        Breaker.State state = breaker.state();
        return Optional.of(
                new Sharing(state.closed(), state.since(), state.words(), shared.sum(), alone.sum(), failures.sum()));
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
        if (timer != null) {
            timer.close();
        }
        decisions.close();
        redis.close();
    }
}
