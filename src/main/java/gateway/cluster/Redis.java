package gateway.cluster;

import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
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
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * Redis, or a Redis Cluster, as what runs scripts. Every call blocks: for requests there is {@link Decisions}.
 *
 * <p>Connections are made when first needed and kept. Nothing is tried twice but what surely wasn't done: a script that
 * Redis doesn't know (any more), and a key that has moved to another node.
 */
final class Redis implements AutoCloseable {
    static final String CLOSED = "closed";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /**
     * One run of a script.
     *
     * @param keys in a cluster, all of one hash slot
     */
    record Call(Script script, List<byte[]> keys, List<byte[]> arguments) {}

    private final RedisUrl url;
    private final Duration timeout;
    private final int connections;
    private final ExecutorService threads;
    private Nodes nodes;
    private boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param timeout how long a connection may be silent
     * @param connections the most that are open at a time, to each node; who needs one more waits
     */
    Redis(RedisSettings settings, Duration timeout, int connections) {
        this.url = settings.url();
        this.timeout = timeout;
        this.connections = connections;
        this.threads = Executors.newCachedThreadPool(Threads.daemons("redis-nodes")); // none without a cluster
    }

    /** Text as Redis takes it. */
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
     * Runs scripts together, in one round trip to each node. Those for the same node are run in their order.
     *
     * @return for each what it returned, or the {@link RedisFailure} that it met
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

    /** Made at the first use, since a cluster is asked at once which nodes there are. */
    private synchronized Nodes nodes() throws RedisFailure {
        if (closed) {
            throw new RedisFailure(CLOSED);
        }
        if (nodes == null) {
            try {
                nodes = url.isCluster() ? cluster() : single();
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

    private static HostAndPort address(RedisUrl.Node node) {
        return new HostAndPort(node.host(), node.port());
    }

    /** How each connection is made: TLS, user, password, database, timeouts. */
    JedisClientConfig config() {
        return DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .sslOptions(url.tls() ? SslOptions.defaults() : null) // certificate and host name are checked
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
        return pool;
    }

    /** Closes all connections and begins anew: after an outage those that are left lead nowhere. */
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
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
