package gateway.cluster;

import gateway.settings.RedisSettings;
import gateway.settings.RedisUrl;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Asks Redis for its version and eviction policy, and whether it runs scripts, on connections of its own, without changing
 * anything.
 */
public final class RedisProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final String KEEPS = "noeviction";

    /** The servers that tell a version of their own besides that of the Redis with which they are compatible. */
    private static final List<String> KINDS = List.of("Valkey", "Redict");

    /** Uses the clock and writes, as the gateway's scripts do: to a key that there isn't, only if there is one. */
    private static final String WRITES = "redis.call('TIME') redis.call('SET', KEYS[1], '', 'XX') return 1";

    /**
     * A node's answer.
     *
     * @param version like 7.0.15, or 8.0.1 (Valkey); empty if this user may not ask
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

    /**
     * Returns why the gateway's scripts can't run there, or not on the keys of the list or of the limits; empty if they can.
     */
    public static Optional<String> refusal(RedisSettings settings) {
        String prefix = settings.prefix();
        Script script = Script.of(WRITES);
        try (Redis redis = new Redis(settings, TIMEOUT)) {
            for (String key : List.of("{" + prefix + "}:check", prefix + ":limit:{check}")) {
                try {
                    redis.run(new Redis.Call(script, List.of(Redis.bytes(key)), List.of()));
                } catch (RedisFailure e) {
                    return Optional.of("a script with the key " + key + " fails: " + e.getMessage());
                }
            }
            return Optional.empty();
        }
    }

    private static Answer ask(RedisServers redis, HostAndPort address) {
        RedisUrl.Node node = new RedisUrl.Node(address.getHost(), address.getPort());
        try (Jedis jedis = new Jedis(address, redis.config())) {
            jedis.ping();
            String info = info(jedis);
            if (isSentinel(info)) {
                String words =
                        "it is a Sentinel; write redis+sentinel://" + node + "/NAME, NAME being the master's there";
                return new Answer(node, Optional.empty(), Optional.empty(), Optional.of(words));
            }
            return new Answer(
                    node,
                    version(info),
                    field(info, "maxmemory_policy:").filter(policy -> !policy.equals(KEEPS)),
                    Optional.empty());
        } catch (RuntimeException e) { // Jedis's own, or what it throws if the answer isn't one of Redis
            String words = RedisFailure.of(e, TIMEOUT).getMessage();
            if (words.equals(RedisFailure.ENDED)) {
                words += "; if a proxy is there, it may have no server, or not know HELLO and CLIENT SETNAME";
            }
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

    /** Valkey calls {@code server_mode} what is {@code redis_mode} in Redis. */
    private static boolean isSentinel(String info) {
        return field(info, "redis_mode:").or(() -> field(info, "server_mode:")).stream()
                .anyMatch("sentinel"::equals);
    }

    private static Optional<String> version(String info) {
        return KINDS.stream()
                .flatMap(kind -> field(info, kind.toLowerCase(Locale.ROOT) + "_version:").stream()
                        .map(version -> version + " (" + kind + ")"))
                .findFirst()
                .or(() -> field(info, "redis_version:"));
    }

    private static Optional<String> field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst();
    }
}
