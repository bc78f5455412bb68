package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.cluster.Redis.Call;
import gateway.limit.CountedBy;
import gateway.limit.RateLimit;
import gateway.limit.RateLimit.Standing;
import gateway.route.Limit;
import gateway.route.RouteConfig;
import gateway.settings.RedisSettings;
import gateway.trace.LimitDecision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The limits of a route in Redis: makes the calls and reads their answers. The deques of times are the same as in
 * memory, each a list of its own; {@code take.lua} decides.
 *
 * <p>The list of a client is {@code prefix:limit:{route}:client:192.0.2.7}, that of a header's value {@code
 * prefix:limit:{route}:header:x-api-key:sha256:hash}, that of the route {@code prefix:limit:{route}:route}. A cluster
 * distributes keys by the part in braces and runs a script only on keys that this puts together. Clients of the default
 * route have {@code prefix:limit:{192.0.2.7}} instead, where gateways look that know no routes; in a cluster only if the
 * route doesn't count by anything else.
 */
final class RedisWindow {
    private static final String STORE = "redis";

    private final Script script;
    private final List<CountedBy> kinds;
    private final List<String> prefixes;
    private final List<Limit> limits;
    private final List<byte[]> quotas = new ArrayList<>();
    private final List<byte[]> take;
    private final List<byte[]> explain;

    /** @param script {@code take.lua} */
    RedisWindow(Script script, String route, List<Limit> limits, RedisSettings settings) {
        this.script = script;
        this.limits = limits;
        this.kinds = CountedBy.of(limits);
        boolean together = settings.url().isCluster() && kinds.size() > 1;
        this.prefixes = kinds.stream()
                .map(kind -> prefix(settings, route, kind, together))
                .toList();
        for (Limit limit : limits) {
            quotas.add(Redis.bytes("" + (kinds.indexOf(CountedBy.of(limit)) + 1)));
            quotas.add(Redis.bytes("" + limit.rate().requests()));
            quotas.add(Redis.bytes("" + limit.rate().window().toNanos() / 1000));
        }
        this.take = arguments("take", 0, 0, quotas);
        this.explain = arguments("look", RateLimit.MOST_AGES, 0, quotas);
    }

    private static String prefix(RedisSettings settings, String route, CountedBy kind, boolean together) {
        String start = settings.prefix() + ":limit:{";
        return switch (kind.key()) {
            case CLIENT -> route.equals(RouteConfig.DEFAULT) && !together ? start : start + route + "}:client:";
            case HEADER -> start + route + "}:header:" + kind.header() + ":";
            case ROUTE -> start + route + "}:route";
        };
    }

    private static List<byte[]> arguments(String what, int ages, long back, List<byte[]> quotas) {
        List<byte[]> arguments = new ArrayList<>();
        for (Object argument : List.of(what, ages, back, quotas.size() / 3)) {
            arguments.add(Redis.bytes("" + argument));
        }
        arguments.addAll(quotas);
        return arguments;
    }

    /**
     * Returns a call that does what a decision does, but with a list of its own beside this key, on the same node: it
     * reads and writes, and counts for no client.
     *
     * @param script {@code take.lua}
     */
    static Call probe(Script script, byte[] key) {
        List<byte[]> quota = List.of(Redis.bytes("1"), Redis.bytes("1"), Redis.bytes("1"));
        byte[] beside = Redis.bytes(new String(key, StandardCharsets.UTF_8) + ":probe");
        return new Call(script, List.of(beside), arguments("take", 0, 0, quota));
    }

    private List<byte[]> keys(LimitKey key) {
        if (kinds.size() == 1) {
            return List.of(key(0, key));
        }
        List<byte[]> keys = new ArrayList<>(kinds.size());
        for (int i = 0; i < kinds.size(); i++) {
            keys.add(key(i, key.part(i)));
        }
        return keys;
    }

    private byte[] key(int kind, LimitKey key) {
        String prefix = prefixes.get(kind);
        if (kinds.get(kind).key() == Limit.Key.ROUTE) {
            return Redis.bytes(prefix);
        }
        return Redis.bytes(prefix.endsWith("{") ? prefix + key + "}" : prefix + key);
    }

    /** Returns the call that decides on a request and, if it may pass, counts it. */
    Call take(LimitKey key) {
        return new Call(script, keys(key), take);
    }

    /**
     * Returns the call that takes back the count of a request, and returns how the client stands then.
     *
     * @param sharedAt when the request was counted, as the decision on it says
     */
    Call giveBack(LimitKey key, long sharedAt) {
        return new Call(script, keys(key), arguments("give back", 0, sharedAt, quotas));
    }

    /** Returns the call that decides without counting and returns the ages of the requests that count. */
    Call explain(LimitKey key) {
        return new Call(script, keys(key), explain);
    }

    /** Returns the calls that delete the times of a client's requests; those of the route as a whole stay. */
    List<Call> forget(ClientAddress client) {
        Script script = Script.named("forget.lua"); // not kept: it is needed once in a while
        return IntStream.range(0, kinds.size())
                .filter(kind -> kinds.get(kind).key() != Limit.Key.ROUTE)
                .mapToObj(kind -> new Call(script, List.of(key(kind, client)), List.of()))
                .toList();
    }

    /** Returns the same call at a given time in microseconds instead of the server's: for tests. */
    static Call at(long micros, Call call) {
        List<byte[]> arguments = new ArrayList<>(call.arguments());
        arguments.add(Redis.bytes("" + micros));
        return new Call(call.script(), call.keys(), arguments);
    }

    /**
     * Returns the decision in an answer: that of the tightest limit.
     *
     * @param countedAt when the request came, by this gateway's clock
     */
    LimitDecision decision(Object answer, long countedAt) {
        List<?> all = (List<?>) answer;
        boolean passes = number(all, 0) == 1;
        long sharedAt = number(all, 1);
        LimitDecision tightest = decision(all, 0, passes, countedAt, sharedAt);
        for (int i = 1; i < limits.size(); i++) {
            tightest = tightest.tighter(decision(all, i, passes, countedAt, sharedAt));
        }
        return tightest;
    }

    /** Returns the decision of one limit: if the request doesn't pass, whether this limit would let it. */
    private LimitDecision decision(List<?> all, int limit, boolean passes, long countedAt, long sharedAt) {
        int remaining = limits.get(limit).rate().requests() - used(all, limit);
        return new LimitDecision(
                passes || remaining > 0,
                Math.max(0, remaining), // another gateway's limit may be larger
                number(all, 3 + 2 * limit) * 1000,
                countedAt,
                sharedAt,
                limit);
    }

    /** Returns the decision in an answer to a call that counts nothing. */
    LimitDecision decision(Object answer) {
        return decision(answer, 0);
    }

    /** Returns how the client stands with each limit, from an answer to {@link #explain}. */
    List<Standing> standings(Object answer) {
        List<?> all = (List<?>) answer;
        List<Standing> standings = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            List<?> micros = (List<?>) all.get(2 + 2 * limits.size() + i);
            List<Long> ages = micros.stream().map(age -> (Long) age * 1000).toList();
            standings.add(new Standing(decision(all, i, false, 0, 0), used(all, i), ages, true, STORE));
        }
        return standings;
    }

    private static int used(List<?> all, int limit) {
        return (int) number(all, 2 + 2 * limit);
    }

    private static long number(List<?> numbers, int index) {
        return (Long) numbers.get(index);
    }
}
