package gateway.registry;

import gateway.net.ServiceUrl;
import gateway.util.Hash64;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An instance of a service, and what the gateway knows of it now. Its name and URL never change: another URL is another
 * backend. The rest is written by many threads and read without locks. Only {@link ServiceList} changes the status, so
 * that it always agrees with the list of available backends.
 */
public final class Backend {
    /** A backend's health. Only a healthy one gets requests. */
    public enum Status {
        /** New: gets no request until its first check succeeds. */
        CHECKING,
        /** Gets requests. */
        HEALTHY,
        /** Ejected because of failed checks or failed requests: gets no request. */
        UNHEALTHY;

        /** Returns the status's name in JSON and in the log. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A status, with the time and the reason of the change to it.
     *
     * @param since when the backend got this status
     * @param reason why, for people
     */
    public record State(Status status, Instant since, String reason) {}

    private final BackendId id;
    private final long placement;
    private final String route;
    private final String name;
    private final ServiceUrl url;
    private final Occupant occupant;
    private final Lease lease;
    private final Standing standing;
    private volatile boolean configured;
    private volatile Optional<HealthCheck> health;
    private final Vitals vitals = new Vitals();
    private final Latency latency = new Latency();
    private final Checks checks = new Checks();
    private final Load load;

    Backend(Service service, State state, Totals totals, int mostInFlight, long now) {
        this.load = new Load(totals, mostInFlight);
        this.id = service.id();
        this.placement = Hash64.of(id.name() + ' ' + id.url());
        this.route = service.route();
        this.name = service.name();
        this.health = service.health();
        this.url = service.url();
        this.occupant = new Occupant(service.instance());
        this.lease = new Lease(service.lease(), now);
        this.standing = new Standing(state, service.weight().orElse(1));
    }

    /** Returns its name and URL, by which the list knows it. */
    public BackendId id() {
        return id;
    }

    /** Returns a hash of {@link #id}, the same at all gateways, by which keys find their backend. */
    public long placement() {
        return placement;
    }

    /** Returns the service's name, which other instances may have, too. */
    public String name() {
        return name;
    }

    /** Returns the name of the route whose requests it gets. */
    public String route() {
        return route;
    }

    /** Returns how many requests it gets in proportion to the others, 0 to {@link Service#MOST_WEIGHT}. */
    public int weight() {
        return standing.weight();
    }

    /** Returns how it is checked; empty for the way of its route. */
    public Optional<HealthCheck> health() {
        return health;
    }

    /** Returns the instance's id: the one that it gave itself, or else its URL. */
    public String instance() {
        return occupant.ownId().orElse(id.url());
    }

    /** Returns the id that the instance gave itself. */
    public Optional<String> ownId() {
        return occupant.ownId();
    }

    /** Returns whether a text means this instance: its id or its URL. */
    public boolean isMeantBy(String instance) {
        return instance.equals(instance()) || instance.equals(id.url());
    }

    /**
     * Returns whether it is in the list because a route's configuration lists it: then it is this gateway's own, not shared
     * with others, and stays as long as the configuration says.
     */
    public boolean configured() {
        return configured;
    }

    /** Returns whether the instance has moved away: this backend stays only until the one at its new URL is healthy. */
    public boolean leaving() {
        return occupant.movingTo().isPresent();
    }

    /** Returns the URL at which the service listens. */
    public ServiceUrl url() {
        return url;
    }

    /** Returns {@link #url} as text, made only once because each answer carries it. */
    public String urlText() {
        return id.url();
    }

    /** Returns the backend's health, since when it is so and why. */
    public State state() {
        return standing.state();
    }

    /** Returns whether an operator is draining the backend; its health is tracked all the same. */
    public boolean draining() {
        return standing.draining() != Draining.NO;
    }

    /** Returns whether and how an operator is draining the backend. */
    public Draining drain() {
        return standing.draining();
    }

    /** Returns whether clients that a cookie binds to it may use it: also while it drains, unless they are to move. */
    public boolean servesItsOwn() {
        return standing.servesItsOwn();
    }

    /** Returns when the backend has become available last, nanoseconds; meaningless unless it is. */
    public long availableSince() {
        return standing.availableSince();
    }

    /** Returns whether the backend may be chosen for a request. */
    public boolean available() {
        return standing.isAvailable();
    }

    /** Returns the status for people: {@code draining}, or else the health. */
    public String statusWord() {
        return standing.word();
    }

    /** Returns since when {@link #statusWord} is so. */
    public Instant since() {
        return standing.since();
    }

    /** Returns the reason for {@link #statusWord}. */
    public String reason() {
        return standing.reason(occupant.movingTo());
    }

    /** Returns the health checks that there have been. */
    public Checks checks() {
        return checks;
    }

    /** Returns the streaks that decide on the health. */
    public Vitals vitals() {
        return vitals;
    }

    /** Returns the time to the first byte of recent answers. */
    public Latency latency() {
        return latency;
    }

    /** Returns its requests: how many there were, failed, and are under way. */
    public Load load() {
        return load;
    }

    /** Returns how often the backend became unhealthy. */
    public long ejections() {
        return standing.ejections();
    }

    /** Returns how long it stays without renewal. */
    public Lease lease() {
        return lease;
    }

    Occupant occupant() {
        return occupant;
    }

    void state(State state) {
        standing.state(state);
    }

    void configured(boolean configured) {
        this.configured = configured;
    }

    void draining(Draining draining, Instant now) {
        standing.draining(draining, now);
    }

    /** Notes since when it is available, as a new list is about to say so. */
    void published(long now) {
        standing.published(now);
    }

    /** Takes over the weight and the way of checking that the shared list says. */
    void listed(Service service, Instant now) {
        standing.weight(service.weight().orElse(1), now);
        health = service.health();
    }

    /** Takes over what a registration says beside the URL; what it leaves out stays. Returns whether that changed. */
    boolean update(Service service, Instant now) {
        int before = weight();
        standing.weight(service.weight().orElse(before), now);
        health = service.health().or(() -> health);
        return weight() != before;
    }

    @Override
    public String toString() {
        return id.name() + " (" + id.url() + ")"; // the full name: orders, or shop/orders in the route shop
    }
}
