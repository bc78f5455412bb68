package gateway.cluster;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.registry.Backend;
import gateway.registry.BackendId;
import gateway.registry.ClusterMembers;
import gateway.registry.ClusterMembers.Gateway;
import gateway.registry.Listed;
import gateway.registry.ServiceList;
import gateway.settings.InvalidSettings;
import gateway.settings.RedisSettings;
import gateway.util.Stalls;
import gateway.util.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the list of services the same at all gateways, through Redis. A change that is requested here takes effect here
 * at once and goes to Redis with the next sync; the list that Redis then has replaces the one here, except for changes
 * made here since. So the list here is always the list that Redis had at the last sync, with the changes in {@link
 * Pending} applied.
 *
 * <p>When Redis has lost data, as a new epoch shows, no gateway trusts its list: each writes back what it knows.
 * While Redis is down the list stays unchanged, and no lease ends.
 */
final class SharedList implements SyncLoop.Synced, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedList.class);

    /** After this time without a sync a gateway counts as gone. */
    private static final Duration GATEWAY_LEASE = Duration.ofSeconds(3);

    /** Other gateways renew leases all the time: how long they still run is asked only with each fourth sync. */
    private static final int LEASES_EACH = 4;

    private final Script sync = Script.named("sync.lua");
    private final ServiceList services;
    private final ClusterMembers gateways;
    private final Stalls stalls;
    private final EventListener events;
    private final Time time;
    private final boolean required;
    private final List<byte[]> keys;
    private final RedisClock clock = new RedisClock();
    private final Pending pending;
    private final SeenMembers seen;
    private final SyncLoop loop;
    private final Map<String, BackendId> ids = new HashMap<>(); // by Redis's keys, of the last list
    private String epoch = "";
    private long version;
    private long syncs;
    private long lastSync;
    private boolean away; // whether Redis did not answer last
    private volatile boolean leaving;

    /**
     * Notes the changes of the list from now on, but doesn't use Redis before {@link #start}.
     *
     * @param events is told when Redis is lost, and when it is back
     */
    SharedList(
            RedisSettings settings,
            ServiceList services,
            ClusterMembers gateways,
            Stalls stalls,
            EventListener events,
            Time time) {
        this.services = services;
        this.gateways = gateways;
        this.stalls = stalls;
        this.events = events;
        this.time = time;
        this.lastSync = time.nanos();
        this.required = settings.required();
        this.loop = new SyncLoop("shared-list", "service list", settings, this);
        this.seen = new SeenMembers(gateways, GATEWAY_LEASE, time);
        this.pending = new Pending(() -> clock.millis(time.nanos()), loop::wake);
        String tag = "{" + settings.prefix() + "}:";
        this.keys = List.of(
                Redis.bytes(tag + "services"),
                Redis.bytes(tag + "leases"),
                Redis.bytes(tag + "gateways"),
                Redis.bytes(tag + "seen"),
                Redis.bytes(tag + "gone"),
                Redis.bytes(tag + "state"),
                Redis.bytes(tag + "done:" + gateways.self().id()));
        services.journal(pending);
    }

    /**
     * Starts syncing, and waits for the first sync, a second at most.
     *
     * @throws InvalidSettings if Redis can't be reached and is required
     */
    void start() {
        loop.start();
        loop.awaitFirst();
        if (required && !gateways.shared()) {
            close();
            throw loop.notStarted();
        }
    }

    /** Returns what has ended for good though the list isn't closed; normally empty. */
    Optional<String> failed() {
        return loop.ended();
    }

    /** Syncs once, as the background does regularly; returns whether Redis answered. For tests. */
    boolean sync() {
        return loop.sync();
    }

    @Override
    public void inSync() {
        gateways.shared(true, time.now());
        if (away) {
            events.happened(EventKind.BACK, Subject.GATEWAY, "Redis answers: the list is shared again", Who.GATEWAY);
        }
        away = false;
    }

    @Override
    public boolean outOfSync(String why) {
        gateways.shared(false, time.now());
        if (!away) {
            events.happened(
                    EventKind.LOST,
                    Subject.GATEWAY,
                    "Redis doesn't answer: " + why + "; the list stays as it is here, changes are queued",
                    Who.GATEWAY);
        }
        away = true;
        return true;
    }

    @Override
    public boolean exchange(Redis redis) throws RedisFailure {
        Gateway self = gateways.self();
        boolean announced = !leaving && !self.address().isEmpty();
        boolean askLeases = syncs++ % LEASES_EACH == 0;
        List<Change> changes = pending.take();
        SyncAnswer answer;
        try {
            List<byte[]> arguments = List.of(
                    Redis.bytes(self.id()),
                    Redis.bytes(announced ? SyncAnswer.text(self) : ""),
                    Redis.bytes("" + GATEWAY_LEASE.toMillis()),
                    Redis.bytes(epoch),
                    Redis.bytes("" + version),
                    Redis.bytes(UUID.randomUUID().toString()),
                    Redis.bytes(SyncAnswer.json(changes)),
                    Redis.bytes(askLeases ? "1" : "0"));
            answer = SyncAnswer.of(redis.run(new Redis.Call(sync, keys, arguments)));
        } catch (RedisFailure | RuntimeException | Error e) {
            pending.putBack(changes);
            throw e;
        }
        clock.heard(answer.now(), time.nanos());
        boolean lost = !epoch.isEmpty() && !epoch.equals(answer.epoch());
        boolean stoodStill = stalls.endedSince(lastSync);
        lastSync = time.nanos();
        if (lost) {
            LOG.warn("Redis at {} has lost data: writing back the services that it lacks", redis);
            writeBack(answer, backend -> true);
        } else if (stoodStill) { // while nobody could renew here, the other gateways have ended leases
            writeBack(answer, backend -> backend.lease().length().isPresent());
        }
        applyList(answer);
        seen.update(answer.gateways(), lost);
        epoch = answer.epoch();
        version = answer.version();
        return lost || stoodStill;
    }

    private void writeBack(SyncAnswer answer, Predicate<Backend> which) {
        if (answer.list().isEmpty()) {
            return; // it is the list that is here
        }
        Set<BackendId> there = answer.list().get().values().stream()
                .map(listed -> listed.service().id())
                .collect(Collectors.toSet());
        services.all().stream()
                .filter(backend -> !backend.configured() && !there.contains(backend.id()))
                .filter(which)
                .forEach(pending::writeBack);
    }

    private void applyList(SyncAnswer answer) {
        if (answer.list().isEmpty()) {
            Map<BackendId, Duration> left = new HashMap<>();
            answer.leases().forEach((key, duration) -> {
                if (ids.containsKey(key)) {
                    left.put(ids.get(key), duration);
                }
            });
            services.leases(left, pending::has);
            return;
        }
        ids.clear();
        answer.list()
                .get()
                .forEach((key, listed) -> ids.put(key, listed.service().id()));
        Listed.Taken taken = services.apply(List.copyOf(answer.list().get().values()), pending::has);
        taken.came().forEach(backend -> LOG.info("{} was added from the shared list", backend));
        taken.left().forEach(backend -> LOG.info("{} was removed: it is no longer in the shared list", backend));
    }

    /** Sends the last changes, and that this gateway leaves; its services stay in the list. */
    @Override
    public void close() {
        if (loop.end() && gateways.shared()) {
            leaving = true;
            sync();
        }
        loop.close();
    }
}
