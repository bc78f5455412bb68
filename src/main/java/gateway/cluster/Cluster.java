package gateway.cluster;

import gateway.events.EventListener;
import gateway.http.Via;
import gateway.limit.LimitStore;
import gateway.net.ChannelSelector;
import gateway.net.OwnAddress;
import gateway.registry.ClusterMembers;
import gateway.registry.Leases;
import gateway.registry.ServiceList;
import gateway.route.config.PutRoutes;
import gateway.settings.RedisSettings;
import gateway.settings.Settings;
import gateway.util.Release;
import gateway.util.Stalls;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * This gateway and the others that share limits, routes and a list of services through Redis. Without Redis the gateway is
 * alone: limit and list are its own, and it ends expired leases itself, as {@code sync.lua} otherwise does.
 */
public final class Cluster implements AutoCloseable {
    private final String host;
    private final ClusterMembers members;
    private final Via via;
    private final Optional<SharedList> sharedList;
    private final Optional<SharedLimits> sharedLimits;
    private final Optional<RedisSettings> redis;
    private final Time time;
    private Optional<SharedRoutes> sharedRoutes = Optional.empty();
    private final Leases leases;

    /**
     * Gives this gateway its id. Opens no connection before {@link #start}.
     *
     * @param services the list to share; its changes are noted from now on
     * @param stalls when this process stood still, leases start again
     * @param events is told when Redis is lost, and when it is back
     */
    public Cluster(Settings settings, ServiceList services, Stalls stalls, EventListener events, Time time) {
        this.host = settings.host();
        this.redis = settings.redis();
        this.members = ClusterMembers.startingAt(time.now(), Release.VERSION);
        this.via = new Via(members.self().id());
        this.sharedList = redis.map(shared -> new SharedList(shared, services, members, stalls, events, time));
        this.sharedLimits = redis.map(shared -> new SharedLimits(shared, members, time));
        this.leases = new Leases(services, stalls, time);
        this.time = time;
    }

    /**
     * Returns where requests are counted for the limits of all members: in Redis or, while it can't be reached, in this
     * memory. Without Redis, it is this memory.
     */
    public LimitStore limits() {
        return sharedLimits.<LimitStore>map(limits -> limits).orElse(LimitStore.MEMORY);
    }

    /** Has the routes that operators put be the same at all members. Called once, before {@link #start}. */
    public void share(PutRoutes routes) {
        sharedRoutes = redis.map(shared -> new SharedRoutes(shared, routes, time));
    }

    /** Returns this gateway and those that share with it. */
    public ClusterMembers members() {
        return members;
    }

    /** Returns the URL of Redis without user and password; empty if nothing is shared. */
    public Optional<String> redis() {
        return redis.map(shared -> shared.url().toString());
    }

    /** Returns the Via that this gateway adds to requests, by which it recognises those that come back to it. */
    public Via via() {
        return via;
    }

    /**
     * Starts sharing the list and routes or, without Redis, schedules the removal of services whose lease has ended.
     *
     * @throws gateway.settings.InvalidSettings if Redis can't be reached and is required
     */
    public void start(Timer timer) {
        if (sharedList.isPresent()) {
            sharedRoutes.ifPresent(SharedRoutes::start);
            sharedList.get().start();
            sharedRoutes.ifPresent(SharedRoutes::awaitFirst);
        } else {
            timer.every(Leases.PAUSE, "leases", leases::tick);
        }
    }

    /** Has requests wait for Redis's answers at this selector. To be called before the first request. */
    public void waitFor(ChannelSelector selector) {
        sharedLimits.ifPresent(limits -> limits.waitFor(selector));
    }

    /** Returns what of it has ended for good though it isn't closed; normally empty. */
    public List<String> failed() {
        return Stream.of(
                        sharedList.flatMap(SharedList::failed).stream(),
                        sharedRoutes.flatMap(SharedRoutes::failed).stream(),
                        sharedLimits.stream().flatMap(limits -> limits.failed().stream()))
                .flatMap(any -> any)
                .toList();
    }

    /** Tells the other members where this one listens. */
    public void listensAt(int port) {
        members.listensAt(OwnAddress.of(host, port));
    }

    /** Sends the last changes, and that this gateway leaves; its services stay in the list. */
    @Override
    public void close() {
        sharedRoutes.ifPresent(SharedRoutes::close);
        sharedList.ifPresent(SharedList::close);
    }
}
