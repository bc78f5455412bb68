package gateway.proxy.upstream;

import gateway.net.NameLookup;
import gateway.net.ServiceAddresses;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.tls.Trust;
import gateway.util.Stalls;
import gateway.util.Time;
import java.net.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * The connections to the backends: leased for one exchange, given back after a good one, closed when idle for
 * {@link #KEEP_ALIVE}.
 */
public final class UpstreamPool implements AutoCloseable {
    /** Names the backend in each answer. */
    public static final String BACKEND_HEADER = "X-Backend-Service";

    /** The pause between calls of {@link #closeIdle}. */
    public static final Duration IDLE_PAUSE = Duration.ofSeconds(1);

    /** Many servers close an idle connection after 5 s (Node, uvicorn); being first avoids writing to a closed one. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

    /**
     * How recently a connection must have been used to carry a request that may not be sent twice: if its backend has
     * closed it meanwhile, the request is lost.
     */
    private static final Duration KEEP_ALIVE_FOR_ONCE_ONLY = Duration.ofSeconds(1);

    private final OkHttpClient prototype;
    private final ServiceAddresses addresses;
    private final Stalls stalls;
    private final ServiceList services;
    private final Time time;
    private final ConcurrentHashMap<Backend, BackendPool> byBackend = new ConcurrentHashMap<>();
    private final Set<UpstreamConnection> all = ConcurrentHashMap.newKeySet();

    /**
     * @param names finds the addresses of backends, within the time for connecting
     * @param stalls silence while this process stood still is no backend's
     */
    public UpstreamPool(ServiceList services, Settings settings, NameLookup names, Stalls stalls, Time time) {
        this.stalls = stalls;
        this.prototype = prototype(settings, names);
        this.addresses = settings.serviceAddresses();
        this.services = services;
        this.time = time;
    }

    /**
     * Returns an OkHttp client with all its automatic behaviour off. {@link WatchedExchange#checkDeadlines} replaces
     * its timeouts.
     */
    private static OkHttpClient prototype(Settings settings, NameLookup names) {
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .dns(host -> names.find(host, settings.connectTimeout()))
                .connectTimeout(settings.connectTimeout())
                .callTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false)
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY);
        Trust trust = Trust.inServices(settings);
        client.sslSocketFactory(trust.sockets(), trust.manager());
        return client.build();
    }

    /**
     * Leases a connection, which may have to be opened yet. Ends with {@link #release}.
     *
     * @param fresh whether it must be a new one
     * @param onceOnly whether the request may not be sent a second time
     */
    public UpstreamConnection lease(Backend backend, WatchedExchange exchange, boolean fresh, boolean onceOnly) {
        BackendPool pool = byBackend.get(backend);
        if (pool == null) { // computeIfAbsent would lock
            pool = byBackend.computeIfAbsent(backend, BackendPool::new);
        }
        long youngerThan = (onceOnly ? KEEP_ALIVE_FOR_ONCE_ONLY : KEEP_ALIVE).toNanos();
        UpstreamConnection connection = fresh ? null : pool.take(time.nanos(), youngerThan);
        while (connection != null && !connection.isQuiet()) {
            drop(connection);
            connection = pool.take(time.nanos(), youngerThan);
        }
        if (connection == null) {
            connection = new UpstreamConnection(this, pool);
            all.add(connection);
        }
        connection.carry(exchange);
        return connection;
    }

    Opening opening(WatchedExchange exchange) {
        return new Opening(prototype, addresses, exchange.selector());
    }

    /**
     * Ends a lease.
     *
     * @param intact whether the whole answer has been read and nobody has closed the connection
     */
    public void release(UpstreamConnection connection, boolean intact) {
        connection.exchange = null;
        boolean kept = intact && connection.isReusable() && connection.home.giveBack(connection, time.nanos());
        if (!kept) {
            drop(connection);
        }
    }

    private void drop(UpstreamConnection connection) {
        all.remove(connection);
        connection.close();
    }

    /** Closes the backend's idle connections: one of them turned out to be dead, so likely all are. */
    public void dropIdle(Backend backend) {
        BackendPool pool = byBackend.get(backend);
        if (pool != null) {
            closeIdle(pool, Duration.ZERO);
        }
    }

    private void closeIdle(BackendPool pool, Duration olderThan) {
        pool.takeIdle(time.nanos(), olderThan.toNanos()).forEach(this::drop);
    }

    /**
     * Closes the connections that are idle for long or that their backend has closed, so that these don't stay half
     * open. Those used a moment ago are left alone: {@link #lease} looks at each before its next use.
     */
    private void closeStale(BackendPool pool) {
        long now = time.nanos();
        List<UpstreamConnection> good = new ArrayList<>();
        for (UpstreamConnection connection : pool.takeIdle(now, IDLE_PAUSE.toNanos())) {
            long mostIdle = Math.min(KEEP_ALIVE.toNanos(), connection.mostIdle());
            if (now - connection.idleSince < mostIdle && connection.isQuiet()) {
                good.add(connection);
            } else {
                drop(connection);
            }
        }
        if (!pool.putBack(good)) {
            good.forEach(this::drop);
        }
    }

    /** Makes each exchange check its deadlines. */
    public void checkDeadlines() {
        long now = time.nanos();
        long resumedAt = stalls.resumedAt();
        for (UpstreamConnection connection : all) {
            WatchedExchange exchange = connection.exchange;
            if (exchange != null) {
                exchange.checkDeadlines(now, resumedAt);
            }
        }
    }

    /** Ends all exchanges. */
    public void abandonAll() {
        for (UpstreamConnection connection : all) {
            WatchedExchange exchange = connection.exchange;
            if (exchange != null) {
                exchange.abandon();
            }
        }
    }

    /** Closes connections that nobody should use again, and all idle ones of backends that are out or gone. */
    public void closeIdle() {
        byBackend.forEach((backend, pool) -> {
            if (!services.contains(backend)) {
                pool.close();
                closeIdle(pool, Duration.ZERO);
                byBackend.remove(backend);
            } else if (backend.available()) {
                closeStale(pool);
            } else {
                closeIdle(pool, Duration.ZERO);
            }
        });
    }

    @Override
    public void close() {
        byBackend.values().forEach(pool -> {
            pool.close();
            closeIdle(pool, Duration.ZERO);
        });
    }
}
