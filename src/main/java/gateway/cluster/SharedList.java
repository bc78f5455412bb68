package gateway.cluster;

import gateway.registry.ClusterMembers;
import gateway.registry.ClusterMembers.Gateway;
import gateway.registry.Listed;
import gateway.registry.ServiceList;
import gateway.settings.InvalidSettings;
import gateway.settings.RedisSettings;
import gateway.util.Threads;
import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the list of services the same at all gateways, through Redis. What is asked for here holds here at once and is
 * told to Redis with the next step; what Redis then has replaces the list here, but for what was changed here since. So
 * at any time the list here is what Redis had at the last step, with the changes that wait in {@link Pending}.
 *
 * <p>When Redis has lost something, which its epoch tells, nobody takes its list for the truth: each gateway writes back
 * what it knows. While Redis is away the list stays as it is, and no lease ends.
 */
public final class SharedList implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedList.class);
    private static final Script SYNC = Script.named("sync.lua");
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** After this time without a step a gateway counts as gone. */
    private static final Duration GATEWAY_LEASE = Duration.ofSeconds(3);

    /** Others renew leases all the time: only each so many steps it is asked how long they run. */
    private static final int LEASES_EACH = 4;

    private final ServiceList services;
    private final ClusterMembers gateways;
    private final Time time;
    private final boolean required;
    private final Redis redis;
    private final List<byte[]> keys;
    private final RedisClock clock = new RedisClock();
    private final Pending pending;
    private final Semaphore wake = new Semaphore(0);
    private final CountDownLatch tried = new CountDownLatch(1);
    private final Thread thread = Threads.daemons("shared-list").newThread(this::run);
    private volatile boolean closing;
    private volatile String trouble = RedisFailure.silent(TIMEOUT).getMessage();
    private String epoch = "";
    private long version;
    private long steps;
    private long rememberUntil;
    private boolean failing;

    /** Tells nothing and asks nothing before {@link #start}; from now on it notes what is asked of the list. */
    public SharedList(RedisSettings settings, ServiceList services, ClusterMembers gateways, Time time) {
        this.services = services;
        this.gateways = gateways;
        this.time = time;
        this.required = settings.required();
        this.redis = new Redis(settings, TIMEOUT, 1);
        this.rememberUntil = time.nanos();
        this.pending = new Pending(() -> clock.millis(time.nanos()), wake::release);
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
     * Begins, and waits until the list was read for the first time; a second at most.
     *
     * @throws InvalidSettings if Redis can't be reached and has to be
     */
    public void start() {
        thread.start();
        try {
            tried.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (required && !gateways.shared()) {
            close();
            throw RedisFailure.atTheStart(redis, trouble);
        }
    }

    private void run() {
        try {
            while (!closing) {
                wake.drainPermits();
                sync();
                tried.countDown();
                wake.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One step; returns whether Redis answered. Called again and again in the background, and by tests. */
    boolean sync() {
        return step(true);
    }

    private synchronized boolean step(boolean staying) {
        try {
            if (exchange(staying)) {
                exchange(staying); // what is to be written back
            }
            if (gateways.shared(true) && failing) {
                LOG.info("Redis at {} is back: the list of services is shared again", redis);
            }
            failing = false;
            return true;
        } catch (RedisFailure e) {
            failed(e.getMessage());
            return false;
        } catch (RuntimeException e) { // the thread must not end
            failed(e.toString());
            return false;
        }
    }

    private void failed(String words) {
        trouble = words;
        redis.reset();
        gateways.shared(false);
        if (!failing) {
            LOG.warn(
                    "Redis at {} keeps the list of services from being shared: {}; it stays as it is, and changes are told later",
                    redis,
                    words);
        }
        failing = true;
    }

    /** One round trip; returns whether there is something to be written back. */
    private boolean exchange(boolean staying) throws RedisFailure {
        Gateway self = gateways.self();
        boolean announced = staying && !self.address().isEmpty();
        boolean askLeases = steps++ % LEASES_EACH == 0;
        List<Change> changes = pending.take();
        Step step;
        try {
            List<byte[]> arguments = List.of(
                    Redis.bytes(self.id()),
                    Redis.bytes(announced ? Step.text(self) : ""),
                    Redis.bytes("" + GATEWAY_LEASE.toMillis()),
                    Redis.bytes(epoch),
                    Redis.bytes("" + version),
                    Redis.bytes(UUID.randomUUID().toString()),
                    Redis.bytes(Step.json(changes)),
                    Redis.bytes(askLeases ? "1" : "0"));
            step = Step.of(redis.run(new Redis.Call(SYNC, keys, arguments)));
        } catch (RedisFailure | RuntimeException e) {
            pending.putBack(changes);
            throw e;
        }
        clock.heard(step.now(), time.nanos());
        boolean lost = !epoch.isEmpty() && !epoch.equals(step.epoch());
        if (lost) {
            LOG.warn("Redis at {} has lost what it knew: writing back what isn't there", redis);
            writeBack(step);
        }
        takeOver(step);
        meet(step.gateways(), lost);
        epoch = step.epoch();
        version = step.version();
        return lost;
    }

    private void writeBack(Step step) {
        List<String> there = step.list().orElse(List.of()).stream()
                .map(listed -> listed.service().name())
                .toList();
        services.all().stream()
                .filter(backend -> !there.contains(backend.name()))
                .forEach(pending::writeBack);
    }

    private void takeOver(Step step) {
        if (step.list().isEmpty()) {
            services.leases(step.leases(), pending::has);
            return;
        }
        Listed.Taken taken = services.apply(step.list().get(), pending::has);
        taken.came().forEach(backend -> LOG.info("{} came with the shared list", backend));
        taken.left().forEach(backend -> LOG.info("{} left the list: it is no longer in the shared one", backend));
    }

    /** After a loss the others come one by one: until they had time for that, those seen before count too. */
    private void meet(List<Gateway> now, boolean lost) {
        if (lost) {
            rememberUntil = time.nanos() + GATEWAY_LEASE.toNanos();
        }
        List<Gateway> seen = new ArrayList<>(now);
        if (time.nanos() - rememberUntil < 0) {
            gateways.all().stream()
                    .filter(before ->
                            now.stream().noneMatch(gateway -> gateway.id().equals(before.id())))
                    .forEach(seen::add);
        }
        gateways.seen(seen);
    }

    /** Tells what there is left to tell, and that this gateway leaves; services stay. */
    @Override
    public void close() {
        closing = true;
        wake.release();
        try {
            thread.join(2 * TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive() && gateways.shared()) {
            step(false);
        }
        redis.close();
    }
}
