package gateway.cluster;

import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Asks Redis for its version and eviction policy, on a connection of its own, without changing anything. */
public final class RedisProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final String KEEPS = "noeviction";

    /**
     * A node's answer.
     *
     * @param version like 7.0.15; empty if this user may not ask
     * @param evicts the policy by which it evicts keys when its memory is full; empty if it never does, or if this user
     * may not ask
     * @param problem why the node can't be used; empty if it can
     */
    public record Answer(
            RedisUrl.Node node, Optional<String> version, Optional<String> evicts, Optional<String> problem) {}

    private RedisProbe() {}

    /**
     * Asks the nodes of the settings one after another, each for about a second at most. If the settings name sentinels,
     * it is their master that is asked; nobody if they don't know it.
     */
    public static List<Answer> ask(RedisSettings settings) {
        try (RedisServers redis = new RedisServers(settings.url(), TIMEOUT)) {
            return redis.known().stream().map(node -> ask(redis, node)).toList();
        }
    }

    private static Answer ask(RedisServers redis, HostAndPort address) {
        RedisUrl.Node node = new RedisUrl.Node(address.getHost(), address.getPort());
        try (Jedis jedis = new Jedis(address, redis.config())) {
            jedis.ping();
            String info = info(jedis);
            if (field(info, "redis_mode:").filter("sentinel"::equals).isPresent()) {
                String words =
                        "it is a Sentinel; write redis+sentinel://" + node + "/NAME, NAME being the master's there";
                return new Answer(node, Optional.empty(), Optional.empty(), Optional.of(words));
            }
            return new Answer(
                    node,
                    field(info, "redis_version:"),
                    field(info, "maxmemory_policy:").filter(policy -> !policy.equals(KEEPS)),
                    Optional.empty());
        } catch (JedisException e) {
            String words = RedisFailure.of(e, TIMEOUT).getMessage();
            return new Answer(node, Optional.empty(), Optional.empty(), Optional.of(words));
        }
    }

    private static String info(Jedis jedis) {
        try {
            return jedis.info();
        } catch (JedisDataException e) { // this user may not ask; the gateway doesn't need the answer
            return "";
        }
    }

    private static Optional<String> field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst();
    }
}
