package gateway.cluster;

import gateway.cluster.Redis.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Scripts that are run together: those for one node go there together, and to several nodes at the same time. What
 * surely wasn't done, since Redis says so, is done in a further round: a script that it doesn't know is sent whole, a
 * key that has moved is asked for where it is. What failed in any other way may have been done and isn't tried again.
 *
 * <p>Not by Jedis's own cluster client: that tries again what may have been done, and fails a batch as a whole.
 */
final class Batch {
    private static final int ROUNDS = 4; // to the old node, to the new one, there with the script, and one to spare

    /** A call in this round: to the node that has its key, or where the last round was sent. */
    private record Turn(int index, HostAndPort node, boolean asking, boolean whole) {}

    private final Nodes nodes;
    private final Duration timeout;
    private final List<Call> calls;
    private final Object[] outcomes;
    private final Turn[] next;

    Batch(Nodes nodes, Duration timeout, List<Call> calls) {
        this.nodes = nodes;
        this.timeout = timeout;
        this.calls = calls;
        this.outcomes = new Object[calls.size()];
        this.next = new Turn[calls.size()];
    }

    /**
     * Runs them.
     *
     * @param threads for all nodes but one
     * @return for each what it returned, or the {@link RedisFailure} that it met
     */
    List<Object> run(Executor threads) {
        List<Turn> turns = IntStream.range(0, calls.size())
                .mapToObj(i -> new Turn(i, null, false, false))
                .toList();
        for (int round = 1; round <= ROUNDS && !turns.isEmpty(); round++) {
            askAll(byNode(turns), threads);
            turns = Arrays.stream(next).filter(turn -> turn != null).toList();
            Arrays.fill(next, null);
        }
        return Arrays.asList(outcomes);
    }

    private Map<HostAndPort, List<Turn>> byNode(List<Turn> turns) {
        Map<HostAndPort, List<Turn>> groups = new LinkedHashMap<>();
        for (Turn turn : turns) {
            try {
                HostAndPort node = turn.node != null
                        ? turn.node
                        : nodes.of(calls.get(turn.index).keys().get(0));
                groups.computeIfAbsent(node, any -> new ArrayList<>()).add(turn);
            } catch (JedisException e) {
                outcomes[turn.index] = RedisFailure.of(e, timeout);
            }
        }
        return groups;
    }

    private void askAll(Map<HostAndPort, List<Turn>> groups, Executor threads) {
        List<CompletableFuture<Void>> others = new ArrayList<>();
        Iterator<Map.Entry<HostAndPort, List<Turn>>> each = groups.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<HostAndPort, List<Turn>> group = each.next();
            if (!each.hasNext()) {
                ask(group.getKey(), group.getValue()); // the last, by this thread
            } else {
                try {
                    others.add(CompletableFuture.runAsync(() -> ask(group.getKey(), group.getValue()), threads));
                } catch (RejectedExecutionException e) {
                    fail(group.getValue(), new RedisFailure(Redis.CLOSED));
                }
            }
        }
        others.forEach(CompletableFuture::join);
    }

    private void ask(HostAndPort node, List<Turn> turns) {
        try (Connection connection = nodes.connect(node)) {
            List<Object> answers = exchange(connection, turns);
            nodes.answered(node);
            boolean moved = false;
            for (int i = 0; i < turns.size(); i++) {
                take(turns.get(i), answers.get(i));
                moved |= answers.get(i) instanceof JedisMovedDataException;
            }
            if (moved) {
                nodes.moved(connection);
            }
        } catch (RedisFailure e) {
            fail(turns, e);
        } catch (JedisDataException e) { // it refuses the connection, as for a wrong password
            fail(turns, RedisFailure.of(e, timeout));
        } catch (RuntimeException e) { // broken, or closed meanwhile
            fail(turns, nodes.failed(node, RedisFailure.of(e, timeout)));
        }
    }

    private List<Object> exchange(Connection connection, List<Turn> turns) {
        Set<Script> sent = new HashSet<>();
        int askings = 0;
        for (Turn turn : turns) {
            Call call = calls.get(turn.index);
            if (turn.asking) {
                connection.sendCommand(Protocol.Command.ASKING);
                askings++;
            }
            boolean whole = turn.whole && sent.add(call.script()); // those behind it may have it by its name
            connection.sendCommand(whole ? Protocol.Command.EVAL : Protocol.Command.EVALSHA, arguments(call, whole));
        }
        List<Object> answers = connection.getMany(turns.size() + askings);
        if (askings == 0) {
            return answers;
        }
        List<Object> own = new ArrayList<>(turns.size());
        Iterator<Object> each = answers.iterator();
        for (Turn turn : turns) {
            if (turn.asking) {
                each.next();
            }
            own.add(each.next());
        }
        return own;
    }

    private static byte[][] arguments(Call call, boolean whole) {
        List<byte[]> all =
                new ArrayList<>(2 + call.keys().size() + call.arguments().size());
        all.add(whole ? Redis.bytes(call.script().text()) : call.script().sha());
        all.add(Redis.bytes("" + call.keys().size()));
        all.addAll(call.keys());
        all.addAll(call.arguments());
        return all.toArray(byte[][]::new);
    }

    private void take(Turn turn, Object answer) {
        outcomes[turn.index] = answer instanceof JedisDataException e ? RedisFailure.of(e, timeout) : answer;
        if (answer instanceof JedisNoScriptException) {
            next[turn.index] = new Turn(turn.index, turn.node, turn.asking, true);
        } else if (answer instanceof JedisRedirectionException elsewhere) {
            next[turn.index] = new Turn(
                    turn.index, elsewhere.getTargetNode(), answer instanceof JedisAskDataException, turn.whole);
        }
    }

    private void fail(List<Turn> turns, RedisFailure failure) {
        for (Turn turn : turns) {
            outcomes[turn.index] = failure;
            next[turn.index] = null;
        }
    }
}
