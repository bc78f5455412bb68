package gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The connection to a node: opened when first needed, and again after a failure. For one thread at a time, except to close
 * it.
 */
final class NodeConnection implements AutoCloseable {
    /**
     * A connection that was idle for longer is tried before it is used: Redis's {@code timeout} and many a proxy and
     * firewall end those that are idle, and all requests of the next batch would then be decided without Redis.
     */
    static final long IDLE = Duration.ofSeconds(1).toNanos();

    private final HostAndPort node;
    private final Nodes nodes;
    private final Duration timeout;
    private volatile Connection connection;
    private volatile boolean closed;
    private long used; // when the last answers came

    /** @param timeout how long the node may be silent */
    NodeConnection(HostAndPort node, Nodes nodes, Duration timeout) {
        this.node = node;
        this.nodes = nodes;
        this.timeout = timeout;
    }

    /** Sends calls together. */
    void send(List<PendingCall> calls) throws RedisFailure {
        try {
            Connection to = connected();
            Set<Script> whole = new HashSet<>(); // a script whose text was sent can then be named by its hash
            for (PendingCall pending : calls) {
                if (pending.isAsking()) {
                    to.sendCommand(Protocol.Command.ASKING);
                }
                boolean text = pending.isWhole() && whole.add(pending.call().script());
                to.sendCommand(
                        text ? Protocol.Command.EVAL : Protocol.Command.EVALSHA,
                        pending.call().command(text));
            }
            to.getMany(0); // flushes
        } catch (RuntimeException e) {
            throw broken(e);
        } catch (Error e) { // as a lack of memory: a part may have been sent
            disconnect();
            throw e;
        }
    }

    /** Waits for the answers to calls that were sent; returns them in the calls' order, Redis's errors among them. */
    List<Object> receive(List<PendingCall> calls) throws RedisFailure {
        Connection from = connection;
        if (from == null) {
            throw new RedisFailure(Redis.CLOSED);
        }
        try {
            int asking = (int) calls.stream().filter(PendingCall::isAsking).count();
            List<Object> answers = from.getMany(calls.size() + asking);
            used = System.nanoTime();
            return asking == 0 ? answers : withoutThoseToAsking(calls, answers);
        } catch (RuntimeException e) {
            throw broken(e);
        } catch (Error e) { // some answers may not have been read
            disconnect();
            throw e;
        }
    }

    /** What a node answers to {@code ASKING} says nothing. */
    private static List<Object> withoutThoseToAsking(List<PendingCall> calls, List<Object> answers) {
        List<Object> own = new ArrayList<>(calls.size());
        Iterator<Object> each = answers.iterator();
        for (PendingCall pending : calls) {
            if (pending.isAsking()) {
                each.next();
            }
            own.add(each.next());
        }
        return own;
    }

    private Connection connected() throws RedisFailure {
        Connection now = connection;
        if (now != null && System.nanoTime() - used > IDLE && !stillAnswers(now)) {
            disconnect();
            now = null;
        }
        if (now == null && !closed) {
            now = nodes.connect(node);
            used = System.nanoTime();
            connection = now;
        }
        if (closed) { // maybe while it was being opened
            disconnect();
            throw new RedisFailure(Redis.CLOSED);
        }
        return now;
    }

    private static boolean stillAnswers(Connection idle) {
        try {
            return idle.ping();
        } catch (JedisException e) {
            return false;
        }
    }

    /** Answers may be on their way, which would be taken for those to the next calls; so it is used no more. */
    private RedisFailure broken(RuntimeException failure) {
        disconnect();
        if (closed) {
            return new RedisFailure(Redis.CLOSED);
        }
        RedisFailure why = RedisFailure.of(failure, timeout);
        return failure instanceof JedisDataException // it refuses the connection, as for a wrong password
                ? nodes.refused(node, why)
                : nodes.failed(node, why);
    }

    private void disconnect() {
        Connection now = connection;
        connection = null;
        if (now != null) {
            try {
                now.forceDisconnect();
            } catch (IOException e) {
                // it was broken
            }
        }
    }

    /** Ends the connection, even while somebody waits for an answer; there won't be another. */
    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
