package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.settings.InvalidSettings;
import gateway.settings.RedisSettings;
import gateway.util.Threads;
import gateway.util.Time;
import gateway.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis as decisions reach it, or don't: asks it while the breaker is closed, probes it in the background, and tells the log when it
 * goes and when it is back.
 */
final class Reach implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reach.class);
    private static final int CONNECTIONS = Decisions.ROUNDS + 1; // and one for the probe
    private static final int WARM_UP = 64;
    private static final Duration PROBE_PAUSE = Duration.ofMillis(250);
    private static final Duration START_PATIENCE = Duration.ofSeconds(1);

    /** After so many pauses without a success, Redis is asked even if no request does. */
    private static final int QUIET = 4;

    private final RedisSettings settings;
    private final RedisWindow window;
    private final Supplier<String> without;
    private final Redis redis;
    private final Decisions decisions;
    private final Breaker breaker;
    private final Time time;
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private Timer timer;
    private long answersBefore;
    private int quiet;
    private volatile ClientAddress failedLast = new ClientAddress(0);

    /**
     * @param window whose scripts are run
     * @param without what holds without Redis, in words for the log
     */
    Reach(RedisSettings settings, RedisWindow window, Supplier<String> without, Time time) {
        this.settings = settings;
        this.window = window;
        this.without = without;
        this.redis = new Redis(settings, settings.timeout(), CONNECTIONS);
        this.decisions = new Decisions(redis, settings.timeout());
        this.breaker = new Breaker(time);
        this.time = time;
    }

    /**
     * Connects, so that the first requests needn't wait for it, and begins to probe. To be called before requests come.
     *
     * @throws InvalidSettings if Redis can't be reached and is required
     */
    void start() {
        try (Redis patient = new Redis(settings, START_PATIENCE, 1)) {
            patient.run(window.probe(failedLast));
            connect();
        } catch (RedisFailure e) {
            if (settings.required()) {
                redis.close();
                throw RedisFailure.atTheStart(redis, e.getMessage());
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
        List<Thread> threads = IntStream.range(0, CONNECTIONS)
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

    /** So many that they are under way at the same time, and that of a cluster each node gets some. */
    private List<Call> warmUp() {
        return IntStream.range(0, WARM_UP)
                .mapToObj(number -> window.probe(new ClientAddress(number)))
                .toList();
    }

    /**
     * Asks Redis in the background: when it is down, whether it is back; and when no request has asked it lately, whether it still is
     * there. One short step, of which {@link #start} makes a timer's.
     */
    void probe() {
        long now = answers.sum();
        quiet = now == answersBefore ? quiet + 1 : 0;
        answersBefore = now;
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
                failures.increment();
                count(time.nanos(), e.getMessage());
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

    private void count(long asked, String words) {
        if (breaker.failed(asked, words)) {
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
        LOG.warn("Redis at {} is unreachable: {}. {} until it is back; it is tried on", redis, words, without.get());
    }

    /** Since when Redis is asked, or why it isn't. */
    Breaker.State state() {
        return breaker.state();
    }

    boolean isLost() {
        return breaker.isOpen();
    }

    /** Asks for a client's sake; null if Redis isn't there, or doesn't answer in time. */
    Object ask(ClientAddress client, Call call) {
        if (breaker.isOpen()) {
            return null;
        }
        long asked = time.nanos();
        try {
            Object answer = decisions.ask(call);
            breaker.succeeded();
            answers.increment();
            return answer;
        } catch (RedisFailure e) {
            failures.increment();
            if (e.isGeneral()) { // else others may well have an answer, and nobody waited
                failedLast = client;
                count(asked, e.getMessage());
            }
            return null;
        }
    }

    /** How often it didn't; of probes, those that found out that it is gone. */
    long failures() {
        return failures.sum();
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
