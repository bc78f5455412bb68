package gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
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
 * The calls for one node. It has no thread: one of those who wait leads. The leader sends all queued calls in one round
 * trip, hands out the answers, and goes on until it has its own; then the next who waits leads, as databases commit
 * transactions in groups. So whoever is alone makes its round trip itself, and the busier a gateway is, the fewer packets
 * a decision costs. A silent node holds up no call for another node.
 *
 * <p>A call that Redis says it didn't run is sent once more: an unknown script with its text, a moved key to its new node.
 * A call that failed in any other way may have been run and isn't repeated.
 *
 * <p>The timeout is Redis's: it begins when a batch is on its way, and is over only if the answers still aren't here after
 * the socket has been read once more. What a call waits for its turn, or for this gateway's processor, is no silence of
 * Redis.
 */
final class Pipeline implements AutoCloseable {
    /** The most calls in one batch. */
    private static final int BATCH = 128;

    /**
     * A connection that was idle for longer is tried before it is used: Redis's {@code timeout} and many a proxy and
     * firewall end those that are idle, and all requests of the next batch would then be decided without Redis.
     */
    static final long IDLE = Duration.ofSeconds(1).toNanos();

    private final HostAndPort node;
    private final Nodes nodes;
    private final Duration timeout;
    private final BiConsumer<PendingCall, HostAndPort> elsewhere;
    private final Queue<PendingCall> queue = new ConcurrentLinkedQueue<>(); // of requests, which are bounded elsewhere
    private final AtomicBoolean led = new AtomicBoolean();
    private volatile Connection connection; // of whoever leads, except to close it
    private long used; // of whoever leads: when the last answers came
    private volatile boolean closed;

    /**
     * @param timeout how long the node may be silent
     * @param elsewhere takes a call whose key another node has
     */
    Pipeline(HostAndPort node, Nodes nodes, Duration timeout, BiConsumer<PendingCall, HostAndPort> elsewhere) {
        this.node = node;
        this.nodes = nodes;
        this.timeout = timeout;
        this.elsewhere = elsewhere;
    }

    void add(PendingCall pending) {
        pending.waitAt(this);
        queue.add(pending);
        pending.wake(); // if another thread brought it here, its caller may have to lead
    }

    /**
     * Sends what is queued until this call needn't wait any longer, or waits elsewhere.
     *
     * @return false if somebody else does that already, who will wake the call's caller
     */
    boolean lead(PendingCall own) {
        if (!led.compareAndSet(false, true)) {
            return false;
        }
        try {
            while (own.waitsAt(this)) {
                send(batch());
            }
        } finally {
            led.set(false);
            wakeNext();
        }
        return true;
    }

    private List<PendingCall> batch() {
        List<PendingCall> batch = new ArrayList<>();
        for (PendingCall next = queue.poll(); next != null; next = batch.size() < BATCH ? queue.poll() : null) {
            batch.add(next);
        }
        boolean crowded = !queue.isEmpty();
        batch.removeIf(pending -> !pending.isWanted(crowded));
        return batch;
    }

    private void wakeNext() {
        for (PendingCall next : queue) {
            if (next.wake()) {
                return;
            }
        }
    }

    /** Has nobody wait longer who isn't under way. */
    void giveUp(RedisFailure why) {
        waiting().forEach(pending -> pending.complete(why));
    }

    /** Breaks the connection, so that answers that come later count for nothing, and returns who isn't under way. */
    List<PendingCall> leave() {
        closed = true;
        disconnect();
        return waiting();
    }

    private List<PendingCall> waiting() {
        List<PendingCall> waiting = new ArrayList<>();
        for (PendingCall pending = queue.poll(); pending != null; pending = queue.poll()) {
            waiting.add(pending);
        }
        return waiting;
    }

    private void send(List<PendingCall> batch) {
        if (batch.isEmpty()) { // its only call is just being added
            return;
        }
        try {
            exchange(connected(), batch);
        } catch (RedisFailure e) {
            fail(batch, e);
        } catch (JedisDataException e) { // it refuses the connection, for instance because of a wrong password
            fail(batch, RedisFailure.of(e, timeout));
        } catch (RuntimeException e) { // the connection broke, or was closed meanwhile
            fail(batch, nodes.failed(node, RedisFailure.of(e, timeout)));
        } catch (Error e) { // as a lack of memory: without an outcome all would wait in vain
            fail(batch, new RedisFailure(e.toString()));
            throw e;
        }
    }

    private Connection connected() throws RedisFailure {
        if (connection != null && System.nanoTime() - used > IDLE && !stillAnswers(connection)) {
            disconnect();
        }
        Connection now = connection;
        if (now == null) {
            now = nodes.connect(node);
            connection = now;
        }
        if (closed) {
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

    private void exchange(Connection to, List<PendingCall> batch) {
        Set<Script> whole = new HashSet<>(); // a script whose text was sent can then be named by its hash
        int commands = batch.size();
        for (PendingCall pending : batch) {
            if (pending.isAsking()) {
                to.sendCommand(Protocol.Command.ASKING);
                commands++;
            }
            boolean text = pending.isWhole() && whole.add(pending.call().script());
            to.sendCommand(
                    text ? Protocol.Command.EVAL : Protocol.Command.EVALSHA,
                    pending.call().command(text));
        }
        List<Object> answers = to.getMany(commands);
        used = System.nanoTime();
        boolean moved = false;
        int next = 0;
        for (PendingCall pending : batch) {
            next += pending.isAsking() ? 1 : 0; // what it answers to that says nothing
            Object answer = answers.get(next++);
            moved |= isElsewhere(answer);
            take(pending, answer);
        }
        if (moved) {
            nodes.moved();
        }
    }

    /** Returns whether another node has the key now: this one says so, or has become a replica. */
    private static boolean isElsewhere(Object answer) {
        return answer instanceof JedisMovedDataException
                || answer instanceof JedisDataException e && RedisFailure.isOfReplica(e);
    }

    private void take(PendingCall pending, Object answer) {
        if (answer instanceof JedisNoScriptException && pending.sendWhole()) {
            queue.add(pending);
        } else if (answer instanceof JedisRedirectionException redirection
                && pending.sendElsewhere(answer instanceof JedisAskDataException)) {
            elsewhere.accept(pending, redirection.getTargetNode());
        } else {
            pending.complete(answer instanceof JedisDataException e ? RedisFailure.of(e, timeout) : answer);
        }
    }

    private void fail(List<PendingCall> batch, RedisFailure why) {
        disconnect(); // answers may be on their way, which would be taken for those to the next calls
        batch.forEach(pending -> pending.complete(why));
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

    @Override
    public void close() {
        RedisFailure why = new RedisFailure(Redis.CLOSED);
        leave().forEach(pending -> pending.complete(why));
    }
}
