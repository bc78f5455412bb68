package gateway.cluster;

import gateway.http.Via;
import gateway.limit.RateLimit;
import gateway.limit.SlidingWindow;
import gateway.net.OwnAddress;
import gateway.registry.ClusterMembers;
import gateway.registry.Leases;
import gateway.registry.ServiceList;
import gateway.settings.RedisSettings;
import gateway.settings.Settings;
import gateway.util.Release;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.Optional;

/**
 * This gateway among those that share a limit and a list of services through Redis. Without a Redis it is the only one:
 * limit and list are its own, and it ends the leases itself, which the shared list else does in Redis.
 */
public final class Cluster implements AutoCloseable {
    private final String host;
    private final Optional<RedisSettings> redis;
    private final ClusterMembers members;
    private final Via via;
    private final Optional<SharedList> sharedList;
    private final Leases leases;
    private final Time time;

    /**
     * Gives this gateway its id; connects to nothing before {@link #start}.
     *
     * @param services the list to share; what is asked of it is noted from now on
     */
    public Cluster(Settings settings, ServiceList services, Time time) {
        this.host = settings.host();
        this.redis = settings.redis();
        this.members = ClusterMembers.startingAt(time.now(), Release.VERSION);
        this.via = new Via(members.self().id());
        this.sharedList = redis.map(shared -> new SharedList(shared, services, members, time));
        this.leases = new Leases(services);
        this.time = time;
    }

    /** Returns the limit that all members hold together: Redis decides, and the memory while that can't be reached. */
    public RateLimit share(SlidingWindow memory) {
        return redis.<RateLimit>map(shared -> new SharedLimit(shared, memory, members, time))
                .orElse(memory);
    }

    /** This gateway and those that share with it. */
    public ClusterMembers members() {
        return members;
    }

    /** What this gateway writes into requests, by which it knows those that come back to it. */
    public Via via() {
        return via;
    }

    /**
     * Takes over the shared list, if there is one; if not, schedules the end of leases.
     *
     * @throws gateway.settings.InvalidSettings if Redis can't be reached and is required
     */
    public void start(Timer timer) {
        if (sharedList.isPresent()) {
            sharedList.get().start();
        } else {
            timer.every(Leases.PAUSE, "leases", leases::tick);
        }
    }

    /** Tells the other members where this one listens. */
    public void listensAt(int port) {
        members.listensAt(OwnAddress.of(host, port));
    }

    /** Writes what is still to be shared and says that this gateway leaves; the services stay. */
    @Override
    public void close() {
        sharedList.ifPresent(SharedList::close);
    }
}
