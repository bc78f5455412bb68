package gateway.redis;

import gateway.RedisSettings;
import gateway.RedisUrl;
import gateway.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Redis, or a Redis Cluster, as what runs scripts. Every call blocks: for requests there is {@link Decisions}.
 *
 * <p>Connections are made when first needed and kept. Nothing is tried twice but what surely wasn't done: a script that
 * Redis doesn't know (any more), and a key that has moved to another node.
 */
final class Redis implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 3; // in a cluster: the node that is asked, where it redirects to, once more

    /**
     * One run of a script.
     *
     * @param keys in a cluster, all of one hash slot
     */
    record Call(Script script, List<byte[]> keys, List<byte[]> arguments) {}

    private final RedisUrl url;
    private final Duration timeout;
    private final int connections;
    private final ExecutorService nodes;
    private UnifiedJedis client;
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
        // Jedis would start three threads for each batch that goes to several nodes
        this.nodes = Executors.newCachedThreadPool(Threads.daemons("redis-nodes"));
    }

    /** Text as Redis takes it. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Runs a script and returns what it returned: numbers as Long, strings as byte[], tables as List. */
    Object run(Call call) throws RedisFailure {
        try {
            UnifiedJedis jedis = client();
            try {
                return jedis.evalsha(call.script().sha(), call.keys(), call.arguments());
            } catch (JedisNoScriptException e) {
                return jedis.eval(bytes(call.script().text()), call.keys(), call.arguments());
            }
        } catch (JedisException | IllegalStateException e) { // the latter: closed meanwhile
            throw RedisFailure.of(e, timeout);
        }
    }

    /**
     * Runs scripts together, in one round trip to each node.
     *
     * @return for each what it returned, or the {@link RedisFailure} that it met
     */
    List<Object> runAll(List<Call> calls) {
        if (calls.size() == 1) {
            return List.of(outcome(calls.get(0)));
        }
        List<Response<Object>> responses = new ArrayList<>(calls.size());
        try (AbstractPipeline pipeline = pipeline()) {
            for (Call call : calls) {
                responses.add(pipeline.evalsha(call.script().sha(), call.keys(), call.arguments()));
            }
            pipeline.sync();
        } catch (JedisException | IllegalStateException e) {
            RedisFailure failure = RedisFailure.of(e, timeout);
            return calls.stream().<Object>map(any -> failure).toList();
        }
        List<Object> outcomes = new ArrayList<>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            outcomes.add(outcome(responses.get(i), calls.get(i)));
        }
        return outcomes;
    }

    private Object outcome(Response<Object> response, Call call) {
        try {
            return response.get();
        } catch (JedisNoScriptException | JedisRedirectionException e) { // it wasn't run: by itself
            return outcome(call);
        } catch (JedisException | IllegalStateException e) { // the latter: its node's connection broke
            return RedisFailure.of(e, timeout);
        }
    }

    private Object outcome(Call call) {
        try {
            return run(call);
        } catch (RedisFailure e) {
            return e;
        }
    }

    private AbstractPipeline pipeline() {
        UnifiedJedis jedis = client();
        return jedis instanceof RedisClusterClient cluster ? cluster.pipelined(nodes) : jedis.pipelined();
    }

    /** Made at the first use, since a cluster's asks at once which nodes there are. */
    private synchronized UnifiedJedis client() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (client == null) {
            client = url.isCluster() ? cluster() : single();
        }
        return client;
    }

    private UnifiedJedis single() {
        RedisUrl.Node node = url.nodes().get(0);
        return RedisClient.builder()
                .hostAndPort(node.host(), node.port())
                .clientConfig(config())
                .poolConfig(pool())
                .build();
    }

    private UnifiedJedis cluster() {
        return RedisClusterClient.builder()
                .nodes(url.nodes().stream()
                        .map(node -> new HostAndPort(node.host(), node.port()))
                        .collect(Collectors.toSet()))
                .maxAttempts(ATTEMPTS)
                .maxTotalRetriesDuration(timeout)
                .clientConfig(config())
                .poolConfig(pool())
                .build();
    }

    private JedisClientConfig config() {
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
        if (client != null) {
            client.close();
            client = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        reset();
        nodes.shutdownNow();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
