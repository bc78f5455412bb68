package gateway.health;

import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.util.Stalls;
import gateway.util.Time;
import gateway.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks each backend regularly, by a {@link HealthProbe}. The pause between two checks varies by a tenth, so that
 * several gateways don't check at the same moments.
 */
public final class HealthChecker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecker.class);
    private static final double JITTER = 0.1;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ServiceList services;
    private final CheckResults results;
    private final Duration interval;
    private final Duration timeout;
    private final Stalls stalls;
    private final Time time;
    private final DoubleSupplier random;
    private final HealthProbe probe;
    private final CheckThreads threads;
    private final ConcurrentHashMap<Backend, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Backend, CompletableFuture<Check>> underWay = new ConcurrentHashMap<>();

    /**
     * @param kinds says how a service is checked
     * @param via added to each check, so that a gateway that checks itself by mistake gets a 508 rather than a good
     * answer
     * @param names finds the addresses of services
     * @param stalls a bad check during which this process stood still doesn't count
     */
    public HealthChecker(
            ServiceList services,
            Function<Backend, HealthCheck> kinds,
            Settings settings,
            NameLookup names,
            Via via,
            Stalls stalls,
            Time time) {
        this(
                services,
                kinds,
                settings,
                names,
                via,
                stalls,
                time,
                () -> ThreadLocalRandom.current().nextDouble(),
                new CheckThreads(settings.health().timeout()));
    }

    /** @param random returns numbers from 0 to 1, for the jitter */
    HealthChecker(
            ServiceList services,
            Function<Backend, HealthCheck> kinds,
            Settings settings,
            NameLookup names,
            Via via,
            Stalls stalls,
            Time time,
            DoubleSupplier random,
            CheckThreads threads) {
        this.probe = new HealthProbe(kinds, settings, names, via, time);
        this.services = services;
        this.results = new CheckResults(
                services, settings.health().rise(), settings.health().fall(), time);
        this.interval = settings.health().interval();
        this.timeout = settings.health().timeout();
        this.threads = threads;
        this.stalls = stalls;
        this.time = time;
        this.random = random;
    }

    /** Checks all backends, waits for the results, and schedules the checks that follow. */
    public void start(Timer timer) {
        checkAll();
        timer.every(pause(), "health checks", this::tick);
    }

    /**
     * Returns the pause between calls of {@link #tick}: short enough that a check is late by a twentieth of the
     * interval at most.
     */
    Duration pause() {
        long twentieth = interval.toMillis() / 20;
        return Duration.ofMillis(Math.max(5, Math.min(100, twentieth)));
    }

    /**
     * Starts the checks that are due, in the background; where checks are off, handles that at once.
     *
     * @throws IllegalStateException if checks could not begin, as there may be no more threads; the next tick tries again
     */
    public void tick() {
        long now = time.nanos();
        Throwable failure = null;
        for (Backend backend : services.all()) {
            if (isOff(backend)) {
                results.unchecked(backend);
            } else if (backend.vitals().checkDue(now)
                    && !begun.containsKey(backend)
                    && !underWay.containsKey(backend)) {
                try {
                    begin(backend);
                } catch (RuntimeException | Error e) { // the others are checked all the same
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw new IllegalStateException("Not all health checks could begin; they will be tried again", failure);
        }
    }

    /** Begins to check all backends, and waits for the results, hardly longer than the timeout. */
    public void checkAll() {
        checkAll(services.all(), timeout.plus(timeout.dividedBy(4)));
    }

    /** Begins to check these backends, and waits for the results, but not longer than this. */
    public void checkAll(List<Backend> backends, Duration most) {
        List<CompletableFuture<Void>> checks =
                backends.stream().map(this::begin).toList();
        try {
            CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new))
                    .get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "The first checks of {} services take long; going on without their results",
                    checks.stream().filter(check -> !check.isDone()).count());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Checks a backend in the background, unless that has begun already; returns the check under way, however it began,
     * so that whoever waits for the result gets one.
     */
    private CompletableFuture<Void> begin(Backend backend) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> earlier = begun.putIfAbsent(backend, mine);
        if (earlier != null) {
            return earlier;
        }
        try {
            threads.of(backend).execute(() -> run(backend, mine));
        } catch (RuntimeException | Error e) { // nobody runs it, so nobody else would say that it is over
            begun.remove(backend);
            mine.completeExceptionally(e);
            throw e;
        }
        return mine;
    }

    private void run(Backend backend, CompletableFuture<Void> mine) {
        try {
            if (services.contains(backend)) { // it may have left while this waited for a thread
                check(backend);
            }
            begun.remove(backend);
            mine.complete(null);
        } catch (RuntimeException | Error e) {
            begun.remove(backend);
            mine.completeExceptionally(e);
        }
    }

    private boolean isOff(Backend backend) {
        return probe.kind(backend).kind() == HealthCheck.Kind.OFF;
    }

    /**
     * Checks one backend, decides by the result, and returns it; empty if its checks are off, so that it needs none. A
     * backend is never checked twice at the same time: a second call waits for the result of the first.
     */
    public Optional<Check> check(Backend backend) {
        if (isOff(backend)) {
            results.unchecked(backend);
            return Optional.empty();
        }
        CompletableFuture<Check> mine = new CompletableFuture<>();
        CompletableFuture<Check> running = underWay.putIfAbsent(backend, mine);
        if (running != null) {
            return Optional.of(running.join());
        }
        try {
            // Before the check, so as not to overwrite an earlier time that outlier detection sets meanwhile
            long start = time.nanos();
            backend.vitals().nextCheck(start + pauseAfter(backend));
            HealthCheck kind = probe.kind(backend);
            Check check = probe.look(backend, kind);
            if (!probe.kind(backend).equals(kind)) { // what it was asked is no longer what counts
                backend.vitals().nextCheck(time.nanos());
            } else if (check.good() || !stalls.endedSince(start)) {
                results.checked(backend, check);
            } else { // it proves nothing: repeat it
                backend.checks().add(check);
                backend.vitals().nextCheck(time.nanos());
            }
            mine.complete(check);
            return Optional.of(check);
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(backend);
        }
    }

    /** Returns the interval with jitter; at most about a second while the backend waits for its first good check. */
    private long pauseAfter(Backend backend) {
        double jitter = 1 + JITTER * (2 * random.getAsDouble() - 1);
        boolean waiting = backend.state().status() == Backend.Status.CHECKING;
        return (long) (jitter * (waiting ? Math.min(SOON.toNanos(), interval.toNanos()) : interval.toNanos()));
    }

    @Override
    public void close() {
        threads.close();
    }
}
