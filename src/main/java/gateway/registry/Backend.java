package gateway.registry;

import gateway.net.ServiceUrl;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A service as the gateway sees it now. Its name and URL never change (another URL is another backend); the rest is
 * written by many threads and read without locks. {@link ServiceList} alone changes the status, so that the list of
 * available backends can never disagree with it.
 */
public final class Backend {
    /** What is known of a backend's health. Only a healthy one is available to requests. */
    public enum Status {
        /** Not checked well yet: gets no request until one check was good. */
        CHECKING,
        /** Gets requests. */
        HEALTHY,
        /** Taken out by checks or by what requests met. */
        UNHEALTHY;

        /** The word in JSON and in the log. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A status with its history.
     *
     * @param status the status
     * @param since when it became so
     * @param reason why, in words
     */
    public record State(Status status, Instant since, String reason) {}

    private final Totals totals;
    private final String name;
    private final ServiceUrl url;
    private final String urlText;
    private volatile Optional<Duration> lease;
    private volatile long leaseEnds;
    private volatile State state;
    private volatile boolean draining;
    private volatile Check lastCheck;
    private final Vitals vitals = new Vitals();
    private final Latency latency = new Latency();
    private final LongAdder requests = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder ejections = new LongAdder();
    private final LongAdder checks = new LongAdder();
    private final LongAdder checkNanos = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger switched = new AtomicInteger();
    private final int mostInFlight;

    Backend(Service service, State state, Totals totals, int mostInFlight, long now) {
        this.mostInFlight = mostInFlight;
        this.totals = totals;
        this.name = service.name();
        this.url = service.url();
        this.urlText = url.toString();
        this.state = state;
        renew(service.lease(), now);
    }

    /** The service's name, its id in the list. */
    public String name() {
        return name;
    }

    /** Where it listens. */
    public ServiceUrl url() {
        return url;
    }

    /** {@link #url} as text, made once because each answer carries it. */
    public String urlText() {
        return urlText;
    }

    /** What is known of its health, since when and why. */
    public State state() {
        return state;
    }

    /** Whether an operator has taken it out of turn; what is known of its health goes on beneath. */
    public boolean draining() {
        return draining;
    }

    /** Whether it may be chosen for a request. */
    public boolean available() {
        return !draining && state.status() == Status.HEALTHY;
    }

    /** What people are shown as its status: its health, or {@code draining}. */
    public String statusWord() {
        return draining ? "draining" : state.status().word();
    }

    /** Why it has the status that is shown. */
    public String reason() {
        return draining ? "drained by an operator" : state.reason();
    }

    /** What the latest check saw; empty before the first. */
    public Optional<Check> lastCheck() {
        return Optional.ofNullable(lastCheck);
    }

    /** Notes what the latest check saw. */
    public void lastCheck(Check check) {
        lastCheck = check;
        checks.increment();
        checkNanos.add(check.latency().toNanos());
    }

    /** Checks so far. */
    public long checks() {
        return checks.sum();
    }

    /** How long all checks so far took together, nanoseconds. */
    public long checkNanos() {
        return checkNanos.sum();
    }

    /** The streaks from which health is judged. */
    public Vitals vitals() {
        return vitals;
    }

    /** How long it took lately to begin an answer. */
    public Latency latency() {
        return latency;
    }

    /** A request is about to be sent to it, unless it is full; then nothing has happened. Ends with {@link #finished}. */
    public boolean tryStart() {
        if (inFlight.incrementAndGet() - switched.get() > mostInFlight) {
            inFlight.decrementAndGet();
            return false;
        }
        requests.increment();
        totals.requests().increment();
        return true;
    }

    /** A request that was {@link #tryStart started} is over, well or not. */
    public void finished() {
        inFlight.decrementAndGet();
    }

    /** A request has become a WebSocket: from now on it takes no request's place. Ends with {@link #switchedFinished}. */
    public void switched() {
        switched.incrementAndGet();
    }

    /** One that was {@link #switched} is over. */
    public void switchedFinished() {
        finished();
        switched.decrementAndGet();
    }

    /** Whether it has as many requests as it may have; open WebSockets aren't counted. */
    public boolean isFull() {
        return inFlight.get() - switched.get() >= mostInFlight;
    }

    /** A request got no whole answer from it. */
    public void countFailure() {
        failures.increment();
        totals.failures().increment();
    }

    /** Requests sent to it so far, retries included. */
    public long requests() {
        return requests.sum();
    }

    /** Requests that got no whole answer from it. */
    public long failures() {
        return failures.sum();
    }

    /** How often it was taken out. */
    public long ejections() {
        return ejections.sum();
    }

    /** Requests it is working on now, open WebSockets among them. */
    public int inFlight() {
        return inFlight.get();
    }

    /** The service's own lease; empty means it stays until deleted. */
    public Optional<Duration> lease() {
        return lease;
    }

    /** How long the lease still runs at this time; empty without a lease, zero when it has ended. */
    public Optional<Duration> leaseLeft(long now) {
        return lease.map(any -> Duration.ofNanos(Math.max(0, leaseEnds - now)));
    }

    void renew(Optional<Duration> lease, long now) {
        lease(lease, lease.orElse(Duration.ZERO), now);
    }

    void lease(Optional<Duration> lease, Duration left, long now) {
        this.leaseEnds = now + left.toNanos();
        this.lease = lease;
    }

    boolean leaseEnded(long now) {
        return lease.isPresent() && now - leaseEnds >= 0;
    }

    void state(State state) {
        this.state = state;
        if (state.status() == Status.UNHEALTHY) {
            ejections.increment();
        }
    }

    void draining(boolean draining) {
        this.draining = draining;
    }

    @Override
    public String toString() {
        return name + " (" + urlText + ")";
    }
}
