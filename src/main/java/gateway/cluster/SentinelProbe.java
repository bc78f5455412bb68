package gateway.cluster;

import gateway.settings.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Asks the sentinels of the settings what they know of the master, without changing anything. */
public final class SentinelProbe {
    /**
     * A sentinel's answer.
     *
     * @param sentinel its {@code host:port}
     * @param master the {@code host:port} of the master; empty if there is a problem
     * @param replicas how many replicas the master has; empty if this user may not ask
     * @param downAfter for how long a master must be silent before another may take over; empty if this user may not ask
     * @param problem why the sentinel can't be used, with its {@code host:port}; empty if it can
     */
    public record Answer(
            String sentinel,
            Optional<String> master,
            Optional<Integer> replicas,
            Optional<Duration> downAfter,
            Optional<String> problem) {}

    private SentinelProbe() {}

    /** Asks the sentinels one after another, each for about a second at most; returns none if the settings name none. */
    public static List<Answer> ask(RedisSettings settings) {
        try (RedisServers redis = new RedisServers(settings.url(), Sentinel.TIMEOUT)) {
            return redis.sentinels().stream().map(SentinelProbe::ask).toList();
        }
    }

    private static Answer ask(Sentinel sentinel) {
        String address = sentinel.address().toString();
        try (sentinel) {
            String master = sentinel.master().node().toString();
            Map<String, String> facts = facts(sentinel);
            return new Answer(
                    address,
                    Optional.of(master),
                    Optional.ofNullable(facts.get("num-slaves")).map(Integer::valueOf),
                    Optional.ofNullable(facts.get("down-after-milliseconds"))
                            .map(Long::valueOf)
                            .map(Duration::ofMillis),
                    Optional.empty());
        } catch (RedisFailure e) {
            return problem(address, e);
        } catch (JedisException e) {
            return problem(address, sentinel.failure(e));
        }
    }

    private static Map<String, String> facts(Sentinel sentinel) throws RedisFailure {
        try {
            return sentinel.facts();
        } catch (JedisDataException e) { // this user may not ask; the gateway doesn't need the answer
            return Map.of();
        }
    }

    private static Answer problem(String address, RedisFailure failure) {
        return new Answer(
                address, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(failure.getMessage()));
    }
}
