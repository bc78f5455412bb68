package gateway.cluster;

import gateway.cluster.Redis.Call;
import gateway.settings.RedisSettings;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Asks Redis for decisions that concern no client: for so many keys that each node of a cluster has some. So afterwards all
 * connections that decisions need are open, and a node that is silent is known.
 */
final class LimitProbe {
    /** For how many keys it asks: of six masters each has some, but once in fifty times. */
    private static final int KEYS = 32;

    private static final int TRIES = 3;

    private final List<Call> calls;

    /** @param script the one that decides */
    LimitProbe(RedisSettings settings, Script script) {
        this.calls = IntStream.range(0, KEYS)
                .mapToObj(number -> Redis.bytes(settings.prefix() + ":limit:{" + number + "}"))
                .map(key -> RedisWindow.probe(script, key))
                .toList();
    }

    /**
     * Asks once.
     *
     * @throws RedisFailure if no node answers
     */
    void ask(Redis redis) throws RedisFailure {
        List<Object> outcomes = redis.runAll(calls);
        if (outcomes.stream().allMatch(RedisFailure.class::isInstance)) {
            Redis.result(outcomes.get(0));
        }
    }

    /** Asks several times at most, as the first answers may come late while this process is cold. */
    void askPatiently(Redis redis) throws RedisFailure {
        for (int left = TRIES; left > 1; left--) {
            try {
                ask(redis);
                return;
            } catch (RedisFailure e) {
                // the next try says the same, or better
            }
        }
        ask(redis);
    }
}
