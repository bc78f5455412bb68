package gateway.cluster;

import gateway.cluster.Redis.Call;
import gateway.net.ChannelSelector;
import gateway.settings.InvalidSettings;
import gateway.settings.RedisSettings;
import gateway.util.Threads;
import gateway.util.Time;
import gateway.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access to Redis for decisions of the limit: asks it while the breaker is closed, probes it in the background, and
 * logs when it goes down and when it is back.
 */
final class RedisAccess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAccess.class);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(250);
    private static final Duration START_PATIENCE = Duration.ofSeconds(1);

    /** After this many pauses without an answer to a request, a probe asks Redis. */
    private static final int QUIET = 4;

    private final RedisSettings settings;
    private final LimitProbe probe;
    private final Supplier<String> without;
    private final Redis redis;
    private final Overdue overdue;
    private final Breaker breaker;
    private final Time time;
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Object probing = new Object();
    private boolean closed; // guarded by this
    private volatile Timer timer;
    private long answersBefore;
    private int quiet;
    private volatile boolean ready;
    private volatile Optional<String> notStarted = Optional.empty(); // why

    /**
     * @param script the one that decides
     * @param without describes, for the log, how requests are limited without Redis
     */
    RedisAccess(RedisSettings settings, Script script, Supplier<String> without, Time time) {
        this.settings = settings;
        this.probe = new LimitProbe(settings, script);
        this.without = without;
        this.redis = new Redis(settings, settings.timeout());
        this.overdue = new Overdue(settings.maxWait());
        this.breaker = new Breaker(time);
        this.time = time;
    }

    /**
     * Connects, so that the first requests needn't wait for that, and starts probing. To be called before the first
     * request.
     *
     * @throws InvalidSettings if Redis can't be reached and is required
     */
    void start() {
        start(settings.required());
    }

    /** Does the same while requests are served: until it is done, and if it fails, Redis counts as down. */
    void startLater() {
        Threads.daemons("redis-start").newThread(this::startAnyhow).start();
    }

    private void startAnyhow() {
        try {
            start(false);
        } catch (RuntimeException | Error e) { // as a lack of memory or threads
            notStarted = Optional.of("the start of Redis's probes: " + e);
            down(e.toString());
            throw e;
        }
    }

    private synchronized void start(boolean required) {
        if (closed) {
            return;
        }
        try (Redis patient = new Redis(settings, START_PATIENCE)) {
            probe.ask(patient);
            probe.askPatiently(redis); // opens the connections for decisions
        } catch (RedisFailure e) {
            if (required) {
                redis.close();
                throw RedisFailure.atStart(redis, e.getMessage());
            }
            down(e.getMessage());
        }
        overdue.start();
        timer = new Timer("redis-probe");
        timer.every(PROBE_PAUSE, "probe of Redis", this::probeAlone);
        redis.onNewMaster(this::probeAlone);
        ready = true;
    }

    /**
     * Has decisions wait for Redis's answers at this selector, on new connections, which are opened here. To be called
     * before the first request.
     */
    void waitFor(ChannelSelector selector) {
        redis.waitFor(selector);
        synchronized (probing) {
            if (isDown()) { // else a probe opens them
                return;
            }
            redis.reset();
            try {
                probe.askPatiently(redis);
            } catch (RedisFailure e) {
                // the next request or probe finds that out
            }
        }
    }

    private void probeAlone() {
        synchronized (probing) { // a new master is probed at once, by the thread that heard of it
            probe();
        }
    }

    /**
     * Probes Redis: if it is down, whether it is back; if no request has asked it lately, whether it still answers. One
     * short step, which {@link #start} has a timer repeat.
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
            redis.reset(); // old connections are dead, and its name may resolve to another address now
        }
        try {
            probe.ask(redis);
            quiet = 0;
            breaker.succeeded();
            if (open) {
                up();
            }
        } catch (RedisFailure e) {
            if (!open) {
                failures.increment();
                count(time.nanos(), e);
            }
        }
    }

    private void up() {
        Breaker.State before = breaker.state();
        if (breaker.close()) {
            LOG.info(
                    "Redis at {} is back, unreachable since {}: all gateways share one limit again",
                    redis,
                    before.since());
        }
    }

    private void count(long asked, RedisFailure failure) {
        if (breaker.failed(asked, failure.getMessage())) {
            redis.giveUp(failure);
            logDown(failure.getMessage());
        }
    }

    private void down(String words) {
        failures.increment();
        if (breaker.open(words)) {
            logDown(words);
        }
    }

    private void logDown(String words) {
        LOG.warn("Redis at {} is unreachable: {}; will retry. Until it is back, {}", redis, words, without.get());
    }

    /** Returns whether Redis is asked, since when, and why if it isn't. */
    Breaker.State state() {
        return breaker.state();
    }

    /** Returns what has ended for good though this isn't closed; normally nothing. */
    List<String> failed() {
        return timer == null
                ? notStarted.stream().toList()
                : Stream.concat(timer.failed().stream(), overdue.failed().stream())
                        .toList();
    }

    boolean isDown() {
        return !ready || breaker.isOpen();
    }

    /** Makes a call; null if Redis is down or doesn't answer in time. */
    Object ask(Call call) {
        return ask(new PendingCall(call));
    }

    /** Makes a call that the caller may withdraw afterwards; null if Redis is down or doesn't answer in time. */
    Object ask(PendingCall call) {
        if (isDown()) {
            return null;
        }
        long asked = time.nanos();
        try {
            redis.begin(call);
            overdue.watch(call);
            Object answer = Redis.result(call.await());
            breaker.succeeded();
            answers.increment();
            return answer;
        } catch (RedisFailure e) {
            failures.increment();
            if (e.isGeneral()) { // else other keys may well get answers
                count(asked, e);
            }
            return null;
        }
    }

    /**
     * Has a call made with the next that somebody waits for, or that a probe makes, without a wait; what fails is lost.
     */
    void tell(Call call) {
        redis.tell(call);
    }

    /** Returns how many calls failed; of the probes, only those that found Redis gone. */
    long failures() {
        return failures.sum();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.close();
        }
        overdue.close();
        redis.close();
    }
}
