package gateway.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import redis.clients.jedis.HostAndPort;

/** One {@link Pipeline} to each node that has been needed so far. */
final class Pipelines implements AutoCloseable {
    private final Nodes nodes;
    private final Duration timeout;
    private final Map<HostAndPort, Pipeline> pipelines = new ConcurrentHashMap<>();

    /** Takes over the nodes. */
    Pipelines(Nodes nodes, Duration timeout) {
        this.nodes = nodes;
        this.timeout = timeout;
    }

    /** Has a call wait at the node that has its key. */
    void add(PendingCall pending) throws RedisFailure {
        add(pending, nodes.of(pending.call().keys().get(0)));
    }

    private void add(PendingCall pending, HostAndPort node) {
        Pipeline pipeline = pipelines.get(node);
        if (pipeline == null) {
            pipeline = pipelines.computeIfAbsent(node, any -> new Pipeline(node, nodes, timeout, this::add));
        }
        pipeline.add(pending);
    }

    /** Has nobody wait longer who isn't under way. */
    void giveUp(RedisFailure why) {
        pipelines.values().forEach(pipeline -> pipeline.giveUp(why));
    }

    /** Breaks the connection to a node that isn't to be used any more; who waits for it is sent to another. */
    void leave(HostAndPort node) {
        Pipeline left = pipelines.remove(node);
        if (left != null) {
            for (PendingCall waiting : left.leave()) {
                try {
                    add(waiting);
                } catch (RedisFailure e) {
                    waiting.complete(e);
                }
            }
        }
    }

    /** Leaves all connections for new ones, if that can be done without finding the nodes anew; returns whether. */
    boolean renew() {
        if (!nodes.renew()) {
            return false;
        }
        List.copyOf(pipelines.keySet()).forEach(this::leave);
        return true;
    }

    @Override
    public void close() {
        pipelines.values().forEach(Pipeline::close);
        nodes.close();
    }
}
