package gateway.cluster;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/** Which server has a key, and connections to it. */
interface Nodes extends AutoCloseable {
    /** The node that has this key. */
    HostAndPort of(byte[] key);

    /** A connection of the caller's own, until it closes it. */
    Connection connect(HostAndPort node) throws RedisFailure;

    /** This node has answered. */
    void answered(HostAndPort node);

    /** This node couldn't be reached or didn't answer; returns what is to be said of it. */
    RedisFailure failed(HostAndPort node, RedisFailure why);

    /** The node at this connection says that a key has moved elsewhere. */
    void moved(Connection connection);

    @Override
    void close();
}
