package gateway.cluster;

import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.HostAndPort;

/** Redis without a cluster: one server has all keys. */
record OneNode(HostAndPort node, ConnectionPool pool) implements Nodes {

    @Override
    public HostAndPort of(byte[] key) {
        return node;
    }

    @Override
    public Connection connect(HostAndPort node) {
        return pool.getResource();
    }

    @Override
    public void answered(HostAndPort node) {
        // that's expected
    }

    @Override
    public RedisFailure failed(HostAndPort node, RedisFailure why) {
        return why;
    }

    @Override
    public void moved(Connection connection) {
        // only a cluster's node says so, where the settings name no other: it is asked again and says it again
    }

    @Override
    public void close() {
        pool.close();
    }
}
