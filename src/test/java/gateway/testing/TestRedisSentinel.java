package gateway.testing;

import gateway.settings.RedisSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A real master on loopback, with replicas, and sentinels that watch it. A master that is killed or frozen is replaced
 * within about 3 s, of which 1 s is the sentinels' patience.
 */
public final class TestRedisSentinel implements AutoCloseable {
    /** The master's name at the sentinels. */
    public static final String NAME = "mymaster";

    private static final int REPLICAS = 1;
    private static final int SENTINELS = 3;
    private static final int PATIENCE_MILLIS = 2_000;
    private static final List<String> OPTIONS =
            List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0");

    private final List<TestRedis> nodes = new ArrayList<>();
    private final List<TestRedis> sentinels = new ArrayList<>();
    private final String password;

    private TestRedisSentinel(String password) {
        this.password = password;
    }

    /** Starts one that is empty. */
    public static TestRedisSentinel start() throws IOException, InterruptedException {
        return start(List.of(), List.of(), null);
    }

    /**
     * Starts one that is empty.
     *
     * @param nodeOptions more options of each node
     * @param sentinelLines more lines in the settings of each sentinel
     * @param password the sentinels' own, that these lines set; null if they set none
     */
    public static TestRedisSentinel start(List<String> nodeOptions, List<String> sentinelLines, String password)
            throws IOException, InterruptedException {
        TestRedisSentinel all = new TestRedisSentinel(password);
        try {
            all.form(nodeOptions, sentinelLines);
        } catch (Exception | Error e) {
            all.close();
            throw e;
        }
        return all;
    }

    /** Starts a sentinel alone, with these lines in its settings besides a port. */
    public static TestRedis alone(List<String> lines) throws IOException, InterruptedException {
        return TestRedis.startSentinelAt(TestBackend.deadPort(), lines);
    }

    private void form(List<String> nodeOptions, List<String> sentinelLines) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(OPTIONS);
        options.addAll(nodeOptions);
        TestRedis master = TestRedis.startAt(TestBackend.deadPort(), options);
        nodes.add(master);
        for (int i = 0; i < REPLICAS; i++) {
            List<String> ofReplica = new ArrayList<>(options);
            ofReplica.addAll(List.of("--replicaof", "127.0.0.1", "" + master.port()));
            nodes.add(TestRedis.startAt(TestBackend.deadPort(), ofReplica));
        }
        List<String> lines = new ArrayList<>(List.of(
                "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " " + (SENTINELS / 2 + 1),
                "sentinel down-after-milliseconds " + NAME + " 1000",
                "sentinel failover-timeout " + NAME + " 5000"));
        lines.addAll(sentinelLines);
        for (int i = 0; i < SENTINELS; i++) {
            sentinels.add(TestRedis.startSentinelAt(TestBackend.deadPort(), lines));
        }
        awaitWhole();
    }

    /** Waits until all sentinels that run know each other, and the master's replicas are in step with it. */
    public void awaitWhole() {
        Await.until(
                "sentinels that know all",
                () -> sentinels.stream().filter(TestRedis::isRunning).allMatch(this::knowsAll));
    }

    private boolean knowsAll(TestRedis sentinel) {
        try (Jedis jedis = client(sentinel)) {
            return jedis.sentinelMaster(NAME).get("flags").equals("master")
                    && jedis.sentinelSentinels(NAME).stream()
                                    .filter(other -> other.get("flags").equals("sentinel"))
                                    .count()
                            == SENTINELS - 1
                    && jedis.sentinelReplicas(NAME).stream()
                                    .filter(replica -> replica.get("flags").equals("slave")
                                            && replica.get("master-link-status").equals("ok"))
                                    .count()
                            == REPLICAS;
        } catch (JedisException e) { // it has just been started
            return false;
        }
    }

    private Jedis client(TestRedis sentinel) {
        Jedis jedis = new Jedis("127.0.0.1", sentinel.port(), PATIENCE_MILLIS);
        if (password != null) {
            jedis.auth(password);
        }
        return jedis;
    }

    /** Masters and replicas. */
    public List<TestRedis> nodes() {
        return nodes;
    }

    /** Those that watch. */
    public List<TestRedis> sentinels() {
        return sentinels;
    }

    /** Sets for how long a master must be silent before another takes over. */
    public void downAfter(Duration silence) {
        for (TestRedis sentinel : sentinels) {
            try (Jedis jedis = client(sentinel)) {
                jedis.sentinelSet(NAME, Map.of("down-after-milliseconds", "" + silence.toMillis()));
            }
        }
    }

    /** The master by the first sentinel that answers. */
    public TestRedis master() {
        for (TestRedis sentinel : sentinels) {
            try (Jedis jedis = client(sentinel)) {
                int port =
                        Integer.parseInt(jedis.sentinelGetMasterAddrByName(NAME).get(1));
                return nodes.stream()
                        .filter(node -> node.port() == port)
                        .findFirst()
                        .orElseThrow();
            } catch (JedisException e) {
                // the next may know
            }
        }
        throw new AssertionError("no sentinel answers");
    }

    /** A replica of the master. */
    public TestRedis replica() {
        TestRedis master = master();
        return nodes.stream().filter(node -> node != master).findFirst().orElseThrow();
    }

    /** Waits until another than this is the master; returns that. */
    public TestRedis awaitMasterAfter(TestRedis old) {
        Await.until("another master", () -> master() != old);
        return master();
    }

    /** What GATEWAY_REDIS_URL takes: all sentinels. */
    public String url() {
        return url(sentinels);
    }

    /** What GATEWAY_REDIS_URL takes to name these sentinels. */
    public static String url(List<TestRedis> sentinels) {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(",", "redis+sentinel://", "/" + NAME));
    }

    /** The settings of a gateway that uses it. */
    public RedisSettings settings() {
        return TestRedis.settings(url());
    }

    @Override
    public void close() {
        sentinels.forEach(TestRedis::close); // first, lest they look for another master
        nodes.forEach(TestRedis::close);
    }
}
