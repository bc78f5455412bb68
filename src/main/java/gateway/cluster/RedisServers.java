package gateway.cluster;

import gateway.net.ChannelSelector;
import gateway.settings.RedisUrl;
import gateway.settings.SentinelAccess;
import gateway.util.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/** The servers that a URL names: a single node, the nodes of a cluster, or the master that sentinels know. */
final class RedisServers implements AutoCloseable {
    private static final Duration MOST_CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /** How many timeouts connecting may take: a request that has to wait for it waits for the answer, too. */
    private static final int CONNECT_TIMEOUTS = 3;

    private final RedisUrl url;
    private final Duration timeout;
    private final ExecutorService background = // no threads for a single node
            Executors.newCachedThreadPool(Threads.daemons("redis-nodes"));
    private final NodeConnector connector;
    private final Sentinels sentinels; // null unless the URL is of sentinels

    /** @param timeout how long a connection may be silent */
    RedisServers(RedisUrl url, Duration timeout) {
        this.url = url;
        this.timeout = timeout;
        this.connector = new NodeConnector(config());
        this.sentinels = url.sentinel()
                .map(access -> new Sentinels(access.master(), sentinels(), background))
                .orElse(null);
    }

    /**
     * Finds the nodes; a cluster or sentinels are asked for them.
     *
     * @param left takes a node that isn't to be used any more
     */
    Nodes find(Consumer<HostAndPort> left) throws RedisFailure {
        if (sentinels != null) {
            return new SentinelNodes(sentinels, connector, left, SentinelNodes.PAUSE);
        }
        if (!url.isCluster()) {
            return new OneNode(address(url.nodes().get(0)), connector);
        }
        Set<HostAndPort> seeds = url.nodes().stream().map(RedisServers::address).collect(Collectors.toSet());
        try {
            return new ClusterNodes(new ClusterConnectionProvider(seeds, config(), pool()), connector, background);
        } catch (JedisException e) {
            throw RedisFailure.of(e, timeout);
        }
    }

    /** Has connections to nodes that are opened from now on wait for this selector; null for none. */
    void waitFor(ChannelSelector selector) {
        connector.waitFor(selector);
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
            return url.nodes().stream().map(RedisServers::address).toList();
        }
        try {
            return List.of(sentinels.master().node());
        } catch (RedisFailure e) {
            return List.of();
        }
    }

    private static HostAndPort address(RedisUrl.Node node) {
        return new HostAndPort(node.host(), node.port());
    }

    /** Returns the configuration of each connection to a node: TLS, user, password, database, timeouts. */
    JedisClientConfig config() {
        return common().user(url.user().orElse(null))
                .password(url.password().orElse(null))
                .database(url.database())
                .clientName("api-gateway")
                .connectionTimeoutMillis((int) connectTimeout().toMillis())
                .socketTimeoutMillis((int) timeout.toMillis())
                .build();
    }

    private JedisClientConfig sentinelConfig(SentinelAccess access) {
        return common().user(access.user().orElse(null))
                .password(access.password().orElse(null))
                .timeoutMillis((int) Sentinel.TIMEOUT.toMillis())
                .build();
    }

    private DefaultJedisClientConfig.Builder common() {
        return DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .sslOptions(url.tls() ? SslOptions.defaults() : null) // checks the certificate and its host name
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    }

    private Duration connectTimeout() {
        Duration own = timeout.multipliedBy(CONNECT_TIMEOUTS);
        return own.compareTo(MOST_CONNECT_TIMEOUT) < 0 ? own : MOST_CONNECT_TIMEOUT;
    }

    /** Returns what the provider of a cluster needs to ask for its nodes. */
    private GenericObjectPoolConfig<Connection> pool() {
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(1);
        pool.setMaxIdle(1);
        pool.setMaxWait(timeout);
        pool.setJmxEnabled(false);
        return pool;
    }

    @Override
    public void close() {
        if (sentinels != null) {
            sentinels.close();
        }
        background.shutdownNow();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
