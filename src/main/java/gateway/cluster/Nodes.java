package gateway.cluster;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/** The servers of a Redis: which has a key, and connections to it. */
interface Nodes extends AutoCloseable {
    /** Returns the node that has this key. */
    HostAndPort of(byte[] key) throws RedisFailure;

    /** Opens a connection, which the caller closes. */
    Connection connect(HostAndPort node) throws RedisFailure;

    /** Notes that a node couldn't be reached or didn't answer; returns the failure to report. */
    RedisFailure failed(HostAndPort node, RedisFailure why);

    /** Notes that a node answered a call, or a new connection, with an error; returns the failure to report. */
    default RedisFailure refused(HostAndPort node, RedisFailure why) {
        return why;
    }

    /** Notes that a node says that a key has moved to another node, or that it is a replica. */
    void moved();

    /**
     * Prepares for new connections after an outage.
     *
     * @return whether that was done; else the nodes are to be closed and found anew
     */
    default boolean renew() {
        return false;
    }

    @Override
    void close();
}
