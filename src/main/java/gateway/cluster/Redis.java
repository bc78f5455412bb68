package gateway.cluster;

import gateway.net.ChannelSelector;
import gateway.settings.RedisSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;

/**
 * Runs scripts in Redis, in a Redis Cluster, or in the master that Redis Sentinels name: those of many threads together,
 * in one {@link Pipeline} to each node. The connection to a node is opened when first needed, and kept.
 */
final class Redis implements AutoCloseable {
    static final String CLOSED = "closed";

    /**
     * One run of a script.
     *
     * @param keys the script's keys; in a cluster, all of one hash slot
     */
    record Call(Script script, List<byte[]> keys, List<byte[]> arguments) {
        /** Returns the arguments of EVAL, with the script's text, or of EVALSHA. */
        byte[][] command(boolean text) {
            byte[][] command = new byte[2 + keys.size() + arguments.size()][];
            int next = 0;
            command[next++] = text ? bytes(script.text()) : script.sha();
            command[next++] = Protocol.toByteArray(keys.size());
            for (byte[] key : keys) {
                command[next++] = key;
            }
            for (byte[] argument : arguments) {
                command[next++] = argument;
            }
            return command;
        }
    }

    private final RedisServers servers;
    private final Duration timeout;
    private volatile Pipelines pipelines;
    private volatile Runnable onNewMaster = () -> {};
    private boolean closed; // guarded by this

    /**
     * Makes a client that opens no connection yet.
     *
     * @param timeout how long a connection may be silent
     */
    Redis(RedisSettings settings, Duration timeout) {
        this.servers = new RedisServers(settings.url(), timeout);
        this.timeout = timeout;
    }

    /** Returns the text as UTF-8. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Runs a script and returns what it returned: numbers as Long, strings as byte[], tables as List. */
    Object run(Call call) throws RedisFailure {
        return result(runAll(List.of(call)).get(0));
    }

    /** Returns an outcome that is no failure. */
    static Object result(Object outcome) throws RedisFailure {
        if (outcome instanceof RedisFailure failure) {
            throw failure;
        }
        return outcome;
    }

    /**
     * Runs scripts, those for the same node together.
     *
     * @return for each call its result, or its {@link RedisFailure}
     */
    List<Object> runAll(List<Call> calls) {
        try {
            Pipelines found = pipelines(); // once: each search asks all that the URL names, some of which may be silent
            List<PendingCall> all = calls.stream().map(PendingCall::new).toList();
            all.forEach(call -> begin(found, call));
            return all.stream().map(PendingCall::await).toList();
        } catch (RedisFailure e) {
            return Collections.nCopies(calls.size(), e);
        }
    }

    /** Begins a call, whose outcome its caller may await. */
    void begin(PendingCall call) {
        try {
            begin(pipelines(), call);
        } catch (RedisFailure e) {
            call.complete(e);
        }
    }

    private static void begin(Pipelines pipelines, PendingCall call) {
        try {
            pipelines.add(call);
        } catch (RedisFailure e) {
            call.complete(e);
        }
    }

    /** Has a call made with the next that somebody waits for, without a wait; it is lost while there is no connection. */
    void tell(Call call) {
        Pipelines now = pipelines;
        if (now != null) {
            try {
                now.add(new PendingCall(call));
            } catch (RedisFailure e) {
                // no node has its key
            }
        }
    }

    /** Has all who wait for their turn wait no longer. */
    void giveUp(RedisFailure why) {
        Pipelines now = pipelines;
        if (now != null) {
            now.giveUp(why);
        }
    }

    private Pipelines pipelines() throws RedisFailure {
        Pipelines now = pipelines;
        return now == null ? connect() : now;
    }

    /** Makes the pipelines at the first use, since a cluster or sentinels are then asked for the nodes. */
    private synchronized Pipelines connect() throws RedisFailure {
        if (closed) {
            throw new RedisFailure(CLOSED);
        }
        if (pipelines == null) {
            pipelines = new Pipelines(servers.find(this::leave), timeout);
        }
        return pipelines;
    }

    private void leave(HostAndPort node) {
        Pipelines now = pipelines;
        if (now != null) {
            now.leave(node);
        }
        onNewMaster.run();
    }

    /** Has this run when sentinels name another master. */
    void onNewMaster(Runnable action) {
        onNewMaster = action;
    }

    /** Has connections that are opened from now on wait for this selector; null for none. */
    void waitFor(ChannelSelector selector) {
        servers.waitFor(selector);
    }

    /** Closes all connections, to open new ones at the next call: after an outage the old ones are dead. */
    synchronized void reset() {
        if (pipelines != null && !pipelines.renew()) {
            end();
        }
    }

    private void end() {
        if (pipelines != null) {
            pipelines.close();
            pipelines = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        end();
        servers.close();
    }

    @Override
    public String toString() {
        return servers.toString();
    }
}
