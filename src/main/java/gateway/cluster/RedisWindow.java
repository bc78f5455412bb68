package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.limit.RateLimit;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.util.ArrayList;
import java.util.List;

/**
 * The sliding window in Redis: makes the calls and reads their answers. Each client's deque of times, the same as in
 * memory, is a list under {@code prefix:limit:{client}}; a cluster distributes keys by the part in braces. {@code
 * take.lua} decides.
 */
final class RedisWindow {
    private final Script script = Script.named("take.lua");
    private final String prefix;
    private final int limit;
    private final List<byte[]> take;
    private final List<byte[]> giveBack;
    private final List<byte[]> explain;
    private final List<byte[]> probe;

    /** @param prefix the prefix of all keys */
    RedisWindow(Rate rate, String prefix) {
        this.prefix = prefix + ":limit:{";
        this.limit = rate.requests();
        byte[] limitText = Redis.bytes("" + limit);
        byte[] windowMicros = Redis.bytes("" + rate.window().toNanos() / 1000);
        byte[] taking = Redis.bytes("take");
        byte[] looking = Redis.bytes("look");
        byte[] noAges = Redis.bytes("0");
        byte[] noTime = Redis.bytes("0");
        this.take = List.of(limitText, windowMicros, taking, noAges, noTime);
        this.giveBack = List.of(limitText, windowMicros, Redis.bytes("give back"), noAges);
        this.explain = List.of(limitText, windowMicros, looking, Redis.bytes("" + RateLimit.MOST_AGES), noTime);
        this.probe = List.of(Redis.bytes("1"), Redis.bytes("1"), taking, noAges, noTime);
    }

    private List<byte[]> key(ClientAddress client) {
        return List.of(Redis.bytes(prefix + client + "}"));
    }

    /** Returns the call that decides on a request and, if it may pass, counts it. */
    Call take(ClientAddress client) {
        return new Call(script, key(client), take);
    }

    /**
     * Returns the call that takes back the count of a request, and returns how the client stands then.
     *
     * @param sharedAt when the request was counted, as the decision on it says
     */
    Call giveBack(ClientAddress client, long sharedAt) {
        List<byte[]> arguments = new ArrayList<>(giveBack);
        arguments.add(Redis.bytes("" + sharedAt));
        return new Call(script, key(client), arguments);
    }

    /** Returns the call that decides without counting and returns the ages of the requests that count. */
    Call explain(ClientAddress client) {
        return new Call(script, key(client), explain);
    }

    /**
     * Returns the call that does what a decision on this client does, on the same node but with a list of its own: it
     * reads and writes, and counts for no client.
     */
    Call probe(ClientAddress client) {
        return new Call(script, List.of(Redis.bytes(prefix + client + "}:probe")), probe);
    }

    /** Returns the same call at a given time in microseconds instead of the server's: for tests. */
    static Call at(long micros, Call call) {
        List<byte[]> arguments = new ArrayList<>(call.arguments());
        arguments.add(Redis.bytes("" + micros));
        return new Call(call.script(), call.keys(), arguments);
    }

    /**
     * Returns the decision in an answer.
     *
     * @param countedAt when the request came, by this gateway's clock
     */
    LimitDecision decision(Object answer, long countedAt) {
        List<?> numbers = (List<?>) answer;
        return new LimitDecision(
                number(numbers, 0) == 1,
                Math.max(0, limit - used(answer)), // another gateway's limit may be larger
                number(numbers, 2) * 1000,
                countedAt,
                number(numbers, 3));
    }

    /** Returns the decision in an answer to a call that counts nothing. */
    LimitDecision decision(Object answer) {
        return decision(answer, 0);
    }

    /** Returns how many requests count, from an answer. */
    int used(Object answer) {
        return (int) number((List<?>) answer, 1);
    }

    /** Returns how long ago these requests came, nanoseconds. */
    List<Long> ages(Object answer) {
        List<?> numbers = (List<?>) answer;
        return numbers.stream().skip(4).map(micros -> (Long) micros * 1000).toList();
    }

    private static long number(List<?> numbers, int index) {
        return (Long) numbers.get(index);
    }
}
