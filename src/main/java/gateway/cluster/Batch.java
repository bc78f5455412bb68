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
 * Runs scripts together: all scripts for one node go there in one round trip, to several nodes at the same time. A call
 * that Redis says it didn't run is sent once more in the next round: an unknown script with its text, a moved key to
 * its new node. A call that failed in any other way may have been run and isn't repeated.
 *
 * <p>Jedis's own cluster client won't do: it repeats calls that may have been run, and fails a batch as a whole.
 */
final class Batch {
    private static final int ROUNDS =
            4; // to the old node, to the new one, there with the script's text, and one to spare

    /**
     * A call to send in the next round.
     *
     * @param node the node that redirected the call or lacked its script; null for the node that has the key
     * @param asking whether the node wants {@code ASKING} before the call
     * @param whole whether to send the script's text rather than its hash
     */
    private record Dispatch(int index, HostAndPort node, boolean asking, boolean whole) {}

    private final Nodes nodes;
    private final Duration timeout;
    private final List<Call> calls;
    private final Object[] outcomes;
    private final Dispatch[] next;

    Batch(Nodes nodes, Duration timeout, List<Call> calls) {
        this.nodes = nodes;
        this.timeout = timeout;
        this.calls = calls;
        this.outcomes = new Object[calls.size()];
        this.next = new Dispatch[calls.size()];
    }

    /**
     * Runs all calls.
     *
     * @param threads run the calls for all nodes but one
     * @return for each call its result, or its {@link RedisFailure}
     */
    List<Object> run(Executor threads) {
        List<Dispatch> dispatches = IntStream.range(0, calls.size())
                .mapToObj(i -> new Dispatch(i, null, false, false))
                .toList();
        for (int round = 1; round <= ROUNDS && !dispatches.isEmpty(); round++) {
            sendAll(byNode(dispatches), threads);
            dispatches =
                    Arrays.stream(next).filter(dispatch -> dispatch != null).toList();
            Arrays.fill(next, null);
        }
        return Arrays.asList(outcomes);
    }

    private Map<HostAndPort, List<Dispatch>> byNode(List<Dispatch> dispatches) {
        Map<HostAndPort, List<Dispatch>> groups = new LinkedHashMap<>();
        for (Dispatch dispatch : dispatches) {
            try {
                HostAndPort node = dispatch.node != null
                        ? dispatch.node
                        : nodes.of(calls.get(dispatch.index).keys().get(0));
                groups.computeIfAbsent(node, any -> new ArrayList<>()).add(dispatch);
            } catch (JedisException e) {
                outcomes[dispatch.index] = RedisFailure.of(e, timeout);
            }
        }
        return groups;
    }

    private void sendAll(Map<HostAndPort, List<Dispatch>> groups, Executor threads) {
        List<CompletableFuture<Void>> others = new ArrayList<>();
        Iterator<Map.Entry<HostAndPort, List<Dispatch>>> each =
                groups.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<HostAndPort, List<Dispatch>> group = each.next();
            if (!each.hasNext()) {
                send(group.getKey(), group.getValue()); // the last, by this thread
            } else {
                try {
                    others.add(CompletableFuture.runAsync(() -> send(group.getKey(), group.getValue()), threads));
                } catch (RejectedExecutionException e) {
                    fail(group.getValue(), new RedisFailure(Redis.CLOSED));
                }
            }
        }
        others.forEach(CompletableFuture::join);
    }

    private void send(HostAndPort node, List<Dispatch> dispatches) {
        try (Connection connection = nodes.connect(node)) {
            List<Object> answers = exchange(connection, dispatches);
            nodes.answered(node);
            boolean moved = false;
            for (int i = 0; i < dispatches.size(); i++) {
                take(dispatches.get(i), answers.get(i));
                moved |= isElsewhere(answers.get(i));
            }
            if (moved) {
                nodes.moved(connection);
            }
        } catch (RedisFailure e) {
            fail(dispatches, e);
        } catch (JedisDataException e) { // it refuses the connection, for instance because of a wrong password
            fail(dispatches, RedisFailure.of(e, timeout));
        } catch (RuntimeException e) { // the connection broke, or was closed meanwhile
            fail(dispatches, nodes.failed(node, RedisFailure.of(e, timeout)));
        }
    }

    /** Returns whether another node has the key now: this one says so, or has become a replica. */
    private static boolean isElsewhere(Object answer) {
        return answer instanceof JedisMovedDataException
                || answer instanceof JedisDataException e && RedisFailure.isOfReplica(e);
    }

    private List<Object> exchange(Connection connection, List<Dispatch> dispatches) {
        Set<Script> sent = new HashSet<>();
        int askings = 0;
        for (Dispatch dispatch : dispatches) {
            Call call = calls.get(dispatch.index);
            if (dispatch.asking) {
                connection.sendCommand(Protocol.Command.ASKING);
                askings++;
            }
            boolean whole = dispatch.whole && sent.add(call.script()); // later calls can then name it by its hash
            connection.sendCommand(whole ? Protocol.Command.EVAL : Protocol.Command.EVALSHA, arguments(call, whole));
        }
        List<Object> answers = connection.getMany(dispatches.size() + askings);
        if (askings == 0) {
            return answers;
        }
        List<Object> own = new ArrayList<>(dispatches.size());
        Iterator<Object> each = answers.iterator();
        for (Dispatch dispatch : dispatches) {
            if (dispatch.asking) {
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

    private void take(Dispatch dispatch, Object answer) {
        outcomes[dispatch.index] = answer instanceof JedisDataException e ? RedisFailure.of(e, timeout) : answer;
        if (answer instanceof JedisNoScriptException) {
            next[dispatch.index] = new Dispatch(dispatch.index, dispatch.node, dispatch.asking, true);
        } else if (answer instanceof JedisRedirectionException elsewhere) {
            next[dispatch.index] = new Dispatch(
                    dispatch.index, elsewhere.getTargetNode(), answer instanceof JedisAskDataException, dispatch.whole);
        }
    }

    private void fail(List<Dispatch> dispatches, RedisFailure failure) {
        for (Dispatch dispatch : dispatches) {
            outcomes[dispatch.index] = failure;
            next[dispatch.index] = null;
        }
    }
}
