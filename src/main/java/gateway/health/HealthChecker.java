package gateway.health;

import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.ServiceSockets;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.tls.Trust;
import gateway.util.Durations;
import gateway.util.Stalls;
import gateway.util.Time;
import gateway.util.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks each backend with {@code GET {url}/health}: good if a complete 2xx answer comes within the timeout. The
 * checker has an HTTP client of its own, so that checks never wait behind requests; it follows no redirects and reads
 * at most {@value #MOST_BYTES} bytes. The pause between two checks varies by a tenth, so that several gateways don't
 * check at the same moments.
 */
public final class HealthChecker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecker.class);
    private static final long MOST_BYTES = 64 * 1024;
    private static final int LOOP_DETECTED = 508;
    private static final double JITTER = 0.1;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ServiceList services;
    private final CheckResults results;
    private final Duration interval;
    private final Duration timeout;
    private final Stalls stalls;
    private final Time time;
    private final DoubleSupplier random;
    private final String via;
    private final OkHttpClient client;
    private final CheckThreads threads;
    private final Set<Backend> begun = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Backend, CompletableFuture<Check>> underWay = new ConcurrentHashMap<>();

    /**
     * @param via added to each check, so that a gateway that checks itself by mistake gets a 508 rather than a good
     * answer
     * @param names finds the addresses of services
     * @param stalls a bad check during which this process stood still doesn't count
     * @param random returns numbers from 0 to 1, for the jitter
     */
    public HealthChecker(
            ServiceList services,
            Settings settings,
            NameLookup names,
            Via via,
            Stalls stalls,
            Time time,
            DoubleSupplier random) {
        this.via = via.entryFor("HTTP/1.1");
        this.services = services;
        this.results = new CheckResults(services, settings.healthRise(), settings.healthFall(), time);
        this.interval = settings.healthInterval();
        this.timeout = settings.healthTimeout();
        this.threads = new CheckThreads(timeout);
        this.stalls = stalls;
        this.time = time;
        this.random = random;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .callTimeout(timeout)
                .dns(host -> names.find(host, timeout))
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false)
                .proxy(Proxy.NO_PROXY)
                .socketFactory(new ServiceSockets(settings.serviceAddresses()))
                .addNetworkInterceptor(Contact::note)
                // Keep no connection: a check must show whether a new one works
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
        Trust.inServices(settings).ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
        this.client = builder.build();
    }

    /** Makes a checker with random jitter. */
    public HealthChecker(ServiceList services, Settings settings, NameLookup names, Via via, Stalls stalls, Time time) {
        this(
                services,
                settings,
                names,
                via,
                stalls,
                time,
                () -> ThreadLocalRandom.current().nextDouble());
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

    /** Starts the checks that are due, in the background. */
    public void tick() {
        long now = time.nanos();
        for (Backend backend : services.all()) {
            if (backend.vitals().checkDue(now) && !underWay.containsKey(backend)) {
                begin(backend);
            }
        }
    }

    /** Begins to check all backends, and waits for the results, hardly longer than the timeout. */
    public void checkAll() {
        List<CompletableFuture<Void>> checks =
                services.all().stream().map(this::begin).toList();
        try {
            CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new))
                    .get(timeout.plus(timeout.dividedBy(4)).toMillis(), TimeUnit.MILLISECONDS);
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

    /** Checks a backend in the background, unless that has begun already. */
    private CompletableFuture<Void> begin(Backend backend) {
        if (!begun.add(backend)) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        if (services.contains(backend)) { // it may have left while this waited for a thread
                            check(backend);
                        }
                    } finally {
                        begun.remove(backend);
                    }
                },
                threads.of(backend));
    }

    /**
     * Checks one backend, decides by the result, and returns it. A backend is never checked twice at the
     * same time: a second call waits for the result of the first.
     */
    public Check check(Backend backend) {
        CompletableFuture<Check> mine = new CompletableFuture<>();
        CompletableFuture<Check> running = underWay.putIfAbsent(backend, mine);
        if (running != null) {
            return running.join();
        }
        try {
            // Before the check, so as not to overwrite an earlier time that outlier detection sets meanwhile
            long start = time.nanos();
            backend.vitals().nextCheck(start + pauseAfter(backend));
            Check check = look(backend);
            if (check.good() || !stalls.endedSince(start)) {
                results.checked(backend, check);
            } else { // it proves nothing: repeat it
                backend.lastCheck(check);
                backend.vitals().nextCheck(time.nanos());
            }
            mine.complete(check);
            return check;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(backend);
        }
    }

    /** Checks one backend and returns the result, without deciding anything. */
    public Check look(Backend backend) {
        long start = time.nanos();
        Optional<Check.Problem> problem = ask(backend);
        return new Check(time.now(), Duration.ofNanos(time.nanos() - start), problem);
    }

    /** Returns the interval with jitter; at most about a second while the backend waits for its first good check. */
    private long pauseAfter(Backend backend) {
        double jitter = 1 + JITTER * (2 * random.getAsDouble() - 1);
        boolean waiting = backend.state().status() == Backend.Status.CHECKING;
        return (long) (jitter * (waiting ? Math.min(SOON.toNanos(), interval.toNanos()) : interval.toNanos()));
    }

    private Optional<Check.Problem> ask(Backend backend) {
        Contact contact = new Contact();
        try {
            Request request = new Request.Builder()
                    .url(backend.url() + "/health")
                    .header("User-Agent", "api-gateway-health-check")
                    .header("Via", via)
                    .tag(Contact.class, contact)
                    .build();
            return ask(request);
        } catch (NameLookup.TimedOut e) {
            return Optional.of(new Check.Problem(FailureWords.of(e), Check.Contact.LATE));
        } catch (InterruptedIOException e) {
            if (e.getCause() instanceof NameLookup.TimedOut lookup) { // both had the same time
                return Optional.of(new Check.Problem(FailureWords.of(lookup), Check.Contact.LATE));
            }
            String what = contact.made ? "no whole answer within " : "could not connect within ";
            return Optional.of(new Check.Problem(
                    what + Durations.text(timeout), contact.made ? Check.Contact.MADE : Check.Contact.LATE));
        } catch (IOException e) {
            return Optional.of(
                    new Check.Problem(FailureWords.of(e), contact.made ? Check.Contact.MADE : Check.Contact.REFUSED));
        } catch (IllegalArgumentException e) { // OkHttp is stricter about hosts than java.net.URI
            return Optional.of(
                    new Check.Problem("not a URL that can be called: " + e.getMessage(), Check.Contact.REFUSED));
        }
    }

    private Optional<Check.Problem> ask(Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            if (response.body().source().request(MOST_BYTES + 1)) {
                return bad("its /health is longer than " + MOST_BYTES / 1024 + " KB");
            }
            if (response.code() == LOOP_DETECTED) {
                return bad("leads back to this gateway");
            }
            return response.isSuccessful() ? Optional.empty() : bad("its /health answered " + response.code());
        }
    }

    private static Optional<Check.Problem> bad(String words) {
        return Optional.of(new Check.Problem(words, Check.Contact.MADE));
    }

    /** Notes whether a connection was made, which distinguishes an unreachable backend from a sick one. */
    private static final class Contact {
        private volatile boolean made;

        private static Response note(Interceptor.Chain chain) throws IOException {
            chain.request().tag(Contact.class).made = true;
            return chain.proceed(chain.request());
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
