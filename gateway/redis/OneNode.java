package gateway.redis;

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
        // a server without a cluster never says so; if it does, the batch follows it there and nothing is learned
    }

    @Override
    public void close() {
        pool.close();
    }
}
