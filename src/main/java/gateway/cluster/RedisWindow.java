package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Decision;
import gateway.settings.Rate;
import java.util.ArrayList;
import java.util.List;

/**
 * The sliding window in Redis: what to ask for a client, and what the answer means. The same deque of times as in memory, as a
 * list under {@code prefix:limit:{client}}; the braces are what a cluster spreads the keys by. {@code take.lua} decides.
 */
final class RedisWindow {
    private static final Script TAKE = Script.named("take.lua");
    private static final byte[] NO_AGES = Redis.bytes("0");
    private static final byte[] LOOKING = Redis.bytes("look");
    private static final byte[] TAKING = Redis.bytes("take");

    private final String prefix;
    private final int limit;
    private final byte[] limitText;
    private final byte[] windowMicros;
    private final List<byte[]> take;
    private final List<byte[]> look;
    private final List<byte[]> explain;
    private final List<byte[]> probe;

    /** @param prefix with what all keys begin */
    RedisWindow(Rate rate, String prefix) {
        this.prefix = prefix + ":limit:{";
        this.limit = rate.requests();
        this.limitText = Redis.bytes("" + limit);
        this.windowMicros = Redis.bytes("" + rate.window().toNanos() / 1000);
        this.take = List.of(limitText, windowMicros, TAKING, NO_AGES);
        this.look = List.of(limitText, windowMicros, LOOKING, NO_AGES);
        this.explain = List.of(limitText, windowMicros, LOOKING, Redis.bytes("" + RateLimit.MOST_AGES));
        this.probe = List.of(Redis.bytes("1"), Redis.bytes("1"), TAKING, NO_AGES);
    }

    private List<byte[]> key(ClientAddress client) {
        return List.of(Redis.bytes(prefix + client + "}"));
    }

    /** Decides on a request and counts it if it may pass. */
    Call take(ClientAddress client) {
        return new Call(TAKE, key(client), take);
    }

    /** Decides without counting. */
    Call look(ClientAddress client) {
        return new Call(TAKE, key(client), look);
    }

    /** The same with the ages of what counts. */
    Call explain(ClientAddress client) {
        return new Call(TAKE, key(client), explain);
    }

    /** Does what a decision on this client does, where its list is, but to a list of its own: it reads, writes, and counts for nobody. */
    Call probe(ClientAddress client) {
        return new Call(TAKE, List.of(Redis.bytes(prefix + client + "}:probe")), probe);
    }

    /** The same call at a time of the caller's instead of the server's, microseconds: for tests. */
    static Call at(long micros, Call call) {
        List<byte[]> arguments = new ArrayList<>(call.arguments());
        arguments.add(Redis.bytes("" + micros));
        return new Call(call.script(), call.keys(), arguments);
    }

    /** What a call returned. */
    Decision decision(Object answer) {
        List<?> numbers = (List<?>) answer;
        return new Decision(
                number(numbers, 0) == 1,
                Math.max(0, limit - used(answer)),
                number(numbers, 2) * 1000); // a limit may have been larger
    }

    /** How many requests count. */
    int used(Object answer) {
        return (int) number((List<?>) answer, 1);
    }

    /** How long ago they were, nanoseconds. */
    List<Long> ages(Object answer) {
        List<?> numbers = (List<?>) answer;
        return numbers.stream().skip(3).map(micros -> (Long) micros * 1000).toList();
    }

    private static long number(List<?> numbers, int index) {
        return (Long) numbers.get(index);
    }
}
