package gateway.proxy;

import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.util.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/**
 * The connections to the backends, as {@link UpstreamConnection}s: leased for one exchange, given back after a good one, closed when
 * idle for {@link #KEEP_ALIVE}.
 */
final class UpstreamPool implements AutoCloseable {
    /** Many servers close an idle connection after 5 s (Node, uvicorn); being first avoids writing to a closed one. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

    /** How often {@link #tick} is to be called. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * A request that may not be sent twice takes a connection only if that was in use so recently: if its backend has
     * closed it meanwhile, the request is lost.
     */
    private static final Duration KEEP_ALIVE_FOR_ONCE_ONLY = Duration.ofSeconds(1);

    private final OkHttpClient prototype;
    private final ServiceList services;
    private final Time time;
    private final ConcurrentHashMap<Backend, BackendPool> byBackend = new ConcurrentHashMap<>();
    private final Set<UpstreamConnection> all = ConcurrentHashMap.newKeySet();

    /** @param prototype what each lane's client is derived from */
    UpstreamPool(OkHttpClient prototype, ServiceList services, Time time) {
        this.prototype = prototype;
        this.services = services;
        this.time = time;
    }

    /** The backend's lanes; made when first asked for. */
    BackendPool of(Backend backend) {
        BackendPool known = byBackend.get(backend);
        return known != null ? known : byBackend.computeIfAbsent(backend, BackendPool::new);
    }

    /**
     * Leases a lane for this attempt.
     *
     * @param fresh whether it must open a new connection
     * @param onceOnly whether the request may not be sent a second time
     */
    UpstreamConnection lease(BackendPool lanes, Exchange attempt, boolean fresh, boolean onceOnly) {
        Duration youngerThan = onceOnly ? KEEP_ALIVE_FOR_ONCE_ONLY : KEEP_ALIVE;
        UpstreamConnection lane = fresh ? null : lanes.take(time.nanos(), youngerThan.toNanos());
        while (lane != null && lane.hasSurplus()) {
            drop(lane);
            lane = lanes.take(time.nanos(), youngerThan.toNanos());
        }
        if (lane == null) {
            lane = new UpstreamConnection(prototype);
            all.add(lane);
        }
        lane.attempt(attempt);
        return lane;
    }

    /**
     * Ends a lease.
     *
     * @param reusable whether the connection is in a known state and may serve the next exchange
     */
    void endLease(BackendPool lanes, UpstreamConnection lane, boolean reusable) {
        lane.attempt(null);
        if (!reusable || !lanes.giveBack(lane, time.nanos())) {
            drop(lane);
        }
    }

    private void drop(UpstreamConnection lane) {
        all.remove(lane);
        lane.close();
    }

    /** Closes the backend's idle connections: one of them turned out to be dead, so likely all are. */
    void dropIdle(BackendPool lanes) {
        lanes.takeIdle(time.nanos(), 0).forEach(this::drop);
    }

    void forEachAttempt(Consumer<Exchange> consumer) {
        for (UpstreamConnection lane : all) {
            Exchange attempt = lane.attempt();
            if (attempt != null) {
                consumer.accept(attempt);
            }
        }
    }

    /** Closes connections that have been idle for too long, and all idle ones of backends that are out or gone. */
    void tick() {
        byBackend.forEach((backend, lanes) -> {
            if (!services.contains(backend)) {
                lanes.close();
                dropIdle(lanes);
                byBackend.remove(backend);
            } else if (!backend.available()) {
                dropIdle(lanes);
            } else {
                lanes.takeIdle(time.nanos(), KEEP_ALIVE.toNanos()).forEach(this::drop);
            }
        });
    }

    @Override
    public void close() {
        byBackend.values().forEach(lanes -> {
            lanes.close();
            dropIdle(lanes);
        });
    }
}
