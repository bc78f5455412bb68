package gateway.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * The calls for one node. It has no thread: one of those who wait leads. The leader sends all queued calls together, and
 * when the answers are here it sends what was queued meanwhile before it hands them out, so that Redis doesn't wait for
 * that. It goes on until it has its own answer; then the next who waits leads, as databases commit transactions in groups.
 * So whoever is alone makes its round trip itself, and the busier a gateway is, the fewer packets a decision costs. A silent
 * node holds up no call for another node.
 *
 * <p>A call that Redis says it didn't run is sent once more: an unknown script with its text, a moved key to its new node.
 * A call that failed in any other way may have been run and isn't repeated.
 *
 * <p>The timeout is Redis's: it begins when a batch is on its way, and is over only if the answers still aren't here after
 * the socket has been read once more. What a call waits for its turn, or for this gateway's processor, is no silence of
 * Redis.
 */
final class Pipeline implements AutoCloseable {
    /**
     * How many calls a batch has at most while few wait. Of 64 requests at a time on one core, batches of all that waited
     * left the gateway without work for a fifth of the time; by those of 24, it served 1.3 times as many.
     */
    private static final int FEW = 24;

    /** The most calls in one batch: while many wait, as for a Redis far away, half of these. */
    private static final int MOST = 256;

    private final HostAndPort node;
    private final Nodes nodes;
    private final Duration timeout;
    private final BiConsumer<PendingCall, HostAndPort> elsewhere;
    private final NodeConnection connection;
    private final Queue<PendingCall> queue = new ConcurrentLinkedQueue<>(); // of requests, which are bounded elsewhere
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicBoolean led = new AtomicBoolean();
    private volatile List<PendingCall> underWay = List.of(); // written by who leads

    /**
     * @param timeout how long the node may be silent
     * @param elsewhere takes a call whose key another node has
     */
    Pipeline(HostAndPort node, Nodes nodes, Duration timeout, BiConsumer<PendingCall, HostAndPort> elsewhere) {
        this.node = node;
        this.nodes = nodes;
        this.timeout = timeout;
        this.elsewhere = elsewhere;
        this.connection = new NodeConnection(node, nodes, timeout);
    }

    void add(PendingCall pending) {
        pending.waitAt(this);
        enqueue(pending);
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
                if (underWay.isEmpty()) {
                    sendNext();
                }
                receive();
            }
        } finally {
            led.set(false);
            wakeNext();
        }
        return true;
    }

    /** Has somebody lead, if nobody does: who was woken for that may have stopped waiting before it ran. */
    void passOn() {
        if (!led.get()) {
            wakeNext();
        }
    }

    private List<PendingCall> batch() {
        int most = Math.min(MOST, Math.max(FEW, queued.get() / 2));
        List<PendingCall> batch = new ArrayList<>();
        for (PendingCall next = poll(); next != null; next = batch.size() < most ? poll() : null) {
            batch.add(next);
        }
        boolean crowded = !queue.isEmpty();
        batch.removeIf(pending -> !pending.isWanted(crowded));
        return batch;
    }

    private PendingCall poll() {
        PendingCall next = queue.poll();
        if (next != null) {
            queued.decrementAndGet();
        }
        return next;
    }

    private void enqueue(PendingCall pending) {
        queued.incrementAndGet();
        queue.add(pending);
    }

    private void wakeNext() {
        if (!wakeOne(underWay)) {
            wakeOne(queue);
        }
    }

    private static boolean wakeOne(Collection<PendingCall> calls) {
        for (PendingCall next : calls) {
            if (next.wake()) {
                return true;
            }
        }
        return false;
    }

    /** Has nobody wait longer who isn't under way. */
    void giveUp(RedisFailure why) {
        fail(waiting(), why);
    }

    /** Breaks the connection, so that answers that come later count for nothing, and returns who isn't under way. */
    List<PendingCall> leave() {
        connection.close();
        return waiting();
    }

    private List<PendingCall> waiting() {
        List<PendingCall> waiting = new ArrayList<>();
        for (PendingCall pending = poll(); pending != null; pending = poll()) {
            waiting.add(pending);
        }
        return waiting;
    }

    private void sendNext() {
        List<PendingCall> batch = batch();
        if (batch.isEmpty()) {
            return;
        }
        try {
            connection.send(batch);
            underWay = batch;
        } catch (RedisFailure e) {
            fail(batch, e);
        } catch (RuntimeException | Error e) { // as a lack of memory: without an outcome all would wait in vain
            fail(batch, new RedisFailure(e.toString()));
            throw e;
        }
    }

    private void receive() {
        List<PendingCall> batch = underWay;
        if (batch.isEmpty()) { // it failed, or its only call is just being added
            return;
        }
        underWay = List.of();
        try {
            List<Object> answers = connection.receive(batch);
            try {
                sendNext();
            } finally {
                handOut(batch, answers);
            }
        } catch (RedisFailure e) {
            fail(batch, e);
        } catch (RuntimeException | Error e) {
            fail(batch, new RedisFailure(e.toString()));
            throw e;
        }
    }

    private void handOut(List<PendingCall> batch, List<Object> answers) {
        boolean moved = false;
        for (int i = 0; i < batch.size(); i++) {
            Object answer = answers.get(i);
            moved |= isElsewhere(answer);
            handOut(batch.get(i), answer);
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

    private void handOut(PendingCall pending, Object answer) {
        if (answer instanceof JedisNoScriptException && pending.sendWhole()) {
            enqueue(pending);
        } else if (answer instanceof JedisRedirectionException redirection
                && pending.sendElsewhere(answer instanceof JedisAskDataException)) {
            elsewhere.accept(pending, redirection.getTargetNode());
        } else {
            pending.complete(
                    answer instanceof JedisDataException e ? nodes.refused(node, RedisFailure.of(e, timeout)) : answer);
        }
    }

    private static void fail(List<PendingCall> batch, RedisFailure why) {
        batch.forEach(pending -> pending.complete(why));
    }

    @Override
    public void close() {
        fail(leave(), new RedisFailure(Redis.CLOSED));
    }
}
