package gateway.cluster;

import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
import gateway.settings.SentinelAccess;
import gateway.util.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.mcf.TrackingConnectionPool;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * Runs scripts in Redis, in a Redis Cluster, or in the master that Redis Sentinels name. Every call blocks; requests use
 * {@link CallQueue} instead.
 *
 * <p>Connections are opened when first needed, and kept. A call is repeated only if it surely wasn't run: because Redis
 * doesn't know the script (any more), or the key has moved to another node.
 */
final class Redis implements AutoCloseable {
    static final String CLOSED = "closed";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /**
     * How often each idle connection is used. Redis's {@code timeout} and many a proxy and firewall end those that are
     * idle for longer, and all requests of the next batch there would then be decided without Redis.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    /**
     * One run of a script.
     *
     * @param keys the script's keys; in a cluster, all of one hash slot
     */
    record Call(Script script, List<byte[]> keys, List<byte[]> arguments) {}

    private final RedisUrl url;
    private final Duration timeout;
    private final int connections;
    private final ExecutorService threads;
    private final Sentinels sentinels; // null unless the URL is of sentinels
    private Nodes nodes;
    private boolean closed;

    /**
     * Makes a client that opens no connection yet.
     *
     * @param timeout how long a connection may be silent
     * @param connections the most open connections to each node; a call that needs one more waits
     */
    Redis(RedisSettings settings, Duration timeout, int connections) {
        this.url = settings.url();
        this.timeout = timeout;
        this.connections = connections;
        this.threads = Executors.newCachedThreadPool(Threads.daemons("redis-nodes")); // no threads for a single node
        this.sentinels = url.sentinel()
                .map(access -> new Sentinels(access.master(), sentinels(), threads))
                .orElse(null);
    }

    /** Returns the text as UTF-8. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Runs a script and returns what it returned: numbers as Long, strings as byte[], tables as List. */
    Object run(Call call) throws RedisFailure {
        Object outcome = runAll(List.of(call)).get(0);
        if (outcome instanceof RedisFailure failure) {
            throw failure;
        }
        return outcome;
    }

    /**
     * Runs scripts together, in one round trip to each node. Scripts for the same node run in their order.
     *
     * @return for each call its result, or its {@link RedisFailure}
     */
    List<Object> runAll(List<Call> calls) {
        Nodes asked;
        try {
            asked = nodes();
        } catch (RedisFailure e) {
            return Collections.nCopies(calls.size(), e);
        }
        return new Batch(asked, timeout, calls).run(threads);
    }

    /** Returns the nodes; makes them at the first use, since a cluster or sentinels are then asked for them. */
    private synchronized Nodes nodes() throws RedisFailure {
        if (closed) {
            throw new RedisFailure(CLOSED);
        }
        if (nodes == null) {
            try {
                nodes = sentinels != null ? master() : url.isCluster() ? cluster() : single();
            } catch (JedisException e) {
                throw RedisFailure.of(e, timeout);
            }
        }
        return nodes;
    }

    private Nodes single() {
        HostAndPort node = address(url.nodes().get(0));
        return new OneNode(node, new ConnectionPool(node, config(), pool()));
    }

    private Nodes cluster() {
        Set<HostAndPort> seeds = url.nodes().stream().map(Redis::address).collect(Collectors.toSet());
        return new ClusterNodes(new ClusterConnectionProvider(seeds, config(), pool()), threads);
    }

    private Nodes master() throws RedisFailure {
        return new SentinelNodes(sentinels, this::trackingPool, threads, SentinelNodes.PAUSE);
    }

    /** Makes a pool whose connections can be broken while they are in use. */
    private TrackingConnectionPool trackingPool(HostAndPort node) {
        return TrackingConnectionPool.builder()
                .hostAndPort(node)
                .clientConfig(config())
                .poolConfig(pool())
                .build();
    }

    /** Returns the sentinels that the URL names; none if it names nodes. */
    List<Sentinel> sentinels() {
        return url.sentinel().stream()
                .flatMap(access -> url.nodes().stream()
                        .map(node -> new Sentinel(address(node), access.master(), sentinelConfig(access))))
                .toList();
    }

    /** Returns the nodes that the URL names or, if it names sentinels, their master; none if they don't know it. */
    List<HostAndPort> known() {
        if (sentinels == null) {
            return url.nodes().stream().map(Redis::address).toList();
        }
        try {
            return List.of(sentinels.master().node());
        } catch (RedisFailure e) {
            return List.of();
        }
    }

    private JedisClientConfig sentinelConfig(SentinelAccess access) {
        return DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .sslOptions(url.tls() ? SslOptions.defaults() : null)
                .user(access.user().orElse(null))
                .password(access.password().orElse(null))
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .connectionTimeoutMillis((int) Sentinel.TIMEOUT.toMillis())
                .socketTimeoutMillis((int) Sentinel.TIMEOUT.toMillis())
                .build();
    }

    private static HostAndPort address(RedisUrl.Node node) {
        return new HostAndPort(node.host(), node.port());
    }

    /** Returns the configuration of each connection: TLS, user, password, database, timeouts. */
    JedisClientConfig config() {
        return DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .sslOptions(url.tls() ? SslOptions.defaults() : null) // checks the certificate and its host name
                .user(url.user().orElse(null))
                .password(url.password().orElse(null))
                .database(url.database())
                .clientName("api-gateway")
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .connectionTimeoutMillis((int) CONNECT_TIMEOUT.toMillis())
                .socketTimeoutMillis((int) timeout.toMillis())
                .build();
    }

    private GenericObjectPoolConfig<Connection> pool() {
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setMaxWait(timeout);
        pool.setJmxEnabled(false);
        pool.setTestWhileIdle(true); // by a PING
        pool.setTimeBetweenEvictionRuns(KEEP_ALIVE);
        pool.setNumTestsPerEvictionRun(-1); // all
        pool.setMinEvictableIdleDuration(Duration.ofMillis(-1)); // none ends for having been idle
        return pool;
    }

    /** Closes all connections, to open new ones at the next call: after an outage the old ones are dead. */
    synchronized void reset() {
        if (nodes != null) {
            nodes.close();
            nodes = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        reset();
        if (sentinels != null) {
            sentinels.close();
        }
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
