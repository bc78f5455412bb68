package gateway.testing;

import gateway.settings.RedisSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClusterFailoverOption;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * A real Redis Cluster on loopback: three masters with a third of the slots each, and a replica of each. A master that
 * is killed is replaced within about 3 s.
 */
public final class TestRedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final List<String> OPTIONS = List.of(
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-require-full-coverage", // what has lost a master still serves the other keys
            "no",
            "--repl-diskless-sync",
            "yes",
            "--repl-diskless-sync-delay",
            "0");

    private final List<TestRedis> nodes = new ArrayList<>();

    /** Starts one that is empty, each node with more options if any. */
    public static TestRedisCluster start(String... options) throws IOException, InterruptedException {
        TestRedisCluster cluster = new TestRedisCluster();
        List<String> all = new ArrayList<>(OPTIONS);
        all.addAll(List.of(options));
        try {
            for (int i = 0; i < 2 * MASTERS; i++) {
                // the nodes speak to each other at the port 10,000 above
                cluster.nodes.add(TestRedis.startAt(Ports.reserved(0, 10_000), all));
            }
            cluster.form();
        } catch (Exception | Error e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void form() {
        for (int i = 0; i < nodes.size(); i++) {
            try (Jedis jedis = nodes.get(i).client()) {
                jedis.clusterSetConfigEpoch(i + 1);
                if (i < MASTERS) {
                    jedis.clusterAddSlots(IntStream.range(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS)
                            .toArray());
                }
                jedis.clusterMeet("127.0.0.1", nodes.get(0).port());
            }
        }
        Await.until(
                "the nodes' knowing each other", () -> nodes.stream().allMatch(node -> known(node) == nodes.size()));
        for (int i = MASTERS; i < nodes.size(); i++) {
            String master = id(nodes.get(i - MASTERS));
            try (Jedis jedis = nodes.get(i).client()) {
                jedis.clusterReplicate(master);
            }
        }
        Await.until("the replicas", this::isWhole);
    }

    private static long known(TestRedis node) {
        return lines(node).stream().filter(line -> !line.contains("handshake")).count();
    }

    /** Whether each node sees each slot served, and each running replica has what its master has. */
    private boolean isWhole() {
        return nodes.stream().filter(TestRedis::isRunning).allMatch(node -> {
            try (Jedis jedis = node.client()) {
                String replication = jedis.info("replication");
                return jedis.clusterInfo().contains("cluster_state:ok")
                        && lines(node).stream()
                                        .filter(line -> line.contains("slave"))
                                        .count()
                                >= MASTERS
                        && (replication.contains("role:master") || replication.contains("master_link_status:up"));
            }
        });
    }

    private static List<String> lines(TestRedis node) {
        try (Jedis jedis = node.client()) {
            return jedis.clusterNodes().lines().toList();
        }
    }

    private static String id(TestRedis node) {
        try (Jedis jedis = node.client()) {
            return jedis.clusterMyId();
        }
    }

    /** Masters and replicas. */
    public List<TestRedis> nodes() {
        return nodes;
    }

    /** What GATEWAY_REDIS_URL takes: all nodes. */
    public String url() {
        return nodes.stream().map(TestRedis::url).collect(Collectors.joining(","));
    }

    /** The settings of a gateway that uses it. */
    public RedisSettings settings() {
        return TestRedis.settings(url());
    }

    /** The running master that has this key; waits until there is one. */
    public TestRedis masterOf(String key) {
        int slot = JedisClusterCRC16.getSlot(key);
        Await.until("a master of " + key, () -> nodes.stream().anyMatch(node -> serves(node, slot)));
        return nodes.stream().filter(node -> serves(node, slot)).findFirst().orElseThrow();
    }

    private static boolean serves(TestRedis node, int slot) {
        return node.isRunning()
                && lines(node).stream()
                        .filter(line -> line.contains("myself,master"))
                        .flatMap(line -> Arrays.stream(line.split(" ")).skip(8))
                        .filter(range -> !range.startsWith("[")) // a slot on its way
                        .map(range -> range.split("-"))
                        .anyMatch(range -> slot >= Integer.parseInt(range[0])
                                && slot <= Integer.parseInt(range[range.length - 1]));
    }

    /** Waits until all who run agree again, as after a node was killed or came back. */
    public void awaitWhole() {
        Await.until("a whole cluster", this::isWhole);
    }

    /** Lets a replica of this key's master take over, with the master's consent, and waits for it. */
    public void failOver(String key) {
        TestRedis before = masterOf(key);
        String id = id(before);
        TestRedis replica = nodes.stream()
                .filter(TestRedis::isRunning)
                .filter(node ->
                        lines(node).stream().anyMatch(line -> line.contains("myself,slave") && line.contains(id)))
                .findFirst()
                .orElseThrow();
        try (Jedis jedis = replica.client()) {
            jedis.clusterFailover(ClusterFailoverOption.FORCE);
        }
        Await.until("the failover", () -> serves(replica, JedisClusterCRC16.getSlot(key)));
    }

    /** Begins to move the key's slot to another master, its keys too, but tells nobody: the old one answers ASK. */
    public TestRedis beginMove(String key) {
        int slot = JedisClusterCRC16.getSlot(key);
        TestRedis from = masterOf(key);
        TestRedis to = nodes.stream()
                .filter(node -> node != from && node.isRunning())
                .filter(node -> lines(node).stream().anyMatch(line -> line.contains("myself,master")))
                .findFirst()
                .orElseThrow();
        try (Jedis source = from.client();
                Jedis destination = to.client()) {
            destination.clusterSetSlotImporting(slot, id(from));
            source.clusterSetSlotMigrating(slot, id(to));
            for (String each : source.clusterGetKeysInSlot(slot, 10_000)) {
                source.migrate("127.0.0.1", to.port(), 5_000, new MigrateParams(), each);
            }
        }
        return to;
    }

    /** Ends the move that {@link #beginMove} began: the old master answers MOVED. */
    public void endMove(String key, TestRedis to) {
        int slot = JedisClusterCRC16.getSlot(key);
        String id = id(to);
        TestRedis from = masterOf(key);
        for (TestRedis node : List.of(to, from)) { // the new one first, or there would be a moment without
            try (Jedis jedis = node.client()) {
                jedis.clusterSetSlotNode(slot, id);
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(TestRedis::close);
    }
}
