package gateway.cluster;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/** Redis without a cluster or sentinels: one server has all keys. */
record OneNode(HostAndPort node, NodeConnector connector) implements Nodes {

    @Override
    public HostAndPort of(byte[] key) {
        return node;
    }

    @Override
    public Connection connect(HostAndPort node) {
        return connector.open(node);
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        return why;
    }

    @Override
    public void moved() {
        // a node of a cluster that the settings name as the only node says so, or a replica: asking again gives the
        // same answer
    }

    @Override
    public void close() {
        // it has nothing open
    }
}
