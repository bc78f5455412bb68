package gateway.cluster;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** One Redis Sentinel, on a connection that is kept and opened anew after a failure. For one thread at a time. */
final class Sentinel implements AutoCloseable {
    /** How long a sentinel may take to accept a connection, and to answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    /**
     * What a sentinel says of the master.
     *
     * @param epoch counts the failovers that the sentinels agreed on: of two answers the one with the higher is newer
     */
    record Master(HostAndPort node, long epoch) {
        static final Comparator<Master> BY_AGE = Comparator.comparingLong(Master::epoch);
    }

    private final HostAndPort address;
    private final String name;
    private final JedisClientConfig config;
    private Jedis connection;

    /** @param name the master's name at the sentinel */
    Sentinel(HostAndPort address, String name, JedisClientConfig config) {
        this.address = address;
        this.name = name;
        this.config = config;
    }

    /**
     * Asks which server is the master.
     *
     * @throws RedisFailure that names this sentinel, and what to do about it where that is known
     */
    Master master() throws RedisFailure {
        boolean kept = connection != null;
        try {
            return ask();
        } catch (JedisConnectionException e) {
            close();
            if (!kept || RedisFailure.isTimeout(e)) {
                throw failure(e);
            }
        } catch (JedisException e) {
            close();
            throw failure(e);
        }
        try { // the kept connection had ended meanwhile
            return ask();
        } catch (JedisException e) {
            close();
            throw failure(e);
        }
    }

    private Master ask() throws RedisFailure {
        long epoch = epoch(); // first: what is asked next may be newer than this, but not older
        List<String> node = connection().sentinelGetMasterAddrByName(name);
        if (node == null) {
            throw unknown();
        }
        return new Master(new HostAndPort(node.get(0), Integer.parseInt(node.get(1))), epoch);
    }

    private long epoch() throws RedisFailure {
        try {
            return Long.parseLong(facts().getOrDefault("config-epoch", "0"));
        } catch (JedisDataException e) {
            if (RedisFailure.isForbidden(e)) { // all are as old as the others then
                return 0;
            }
            throw e;
        }
    }

    /** Asks for all that the sentinel knows of the master, by the names of {@code SENTINEL MASTER}. */
    Map<String, String> facts() throws RedisFailure {
        try {
            return connection().sentinelMaster(name);
        } catch (JedisDataException e) {
            if (String.valueOf(e.getMessage()).contains("No such master")) {
                throw unknown();
            }
            throw e;
        }
    }

    /** Opens the connection unless it is open. */
    Jedis connection() {
        if (connection == null) {
            connection = new Jedis(address, config);
        }
        return connection;
    }

    private RedisFailure unknown() {
        String others;
        try {
            others = connection().sentinelMasters().stream()
                    .map(master -> master.get("name"))
                    .sorted()
                    .collect(Collectors.joining(", "));
        } catch (JedisDataException e) { // this user may not ask for all
            others = "";
        }
        return new RedisFailure("sentinel " + address + " knows no master " + name
                + (others.isEmpty() ? "" : ", but " + others + "; put that at the end of GATEWAY_REDIS_URL"));
    }

    /** Translates a failure of Jedis, and names this sentinel. */
    RedisFailure failure(JedisException e) {
        String words = RedisFailure.of(e, TIMEOUT).getMessage();
        String answer = String.valueOf(e.getMessage());
        if (e instanceof JedisDataException && answer.contains("unknown command")) {
            words = "this is a Redis and no sentinel; write redis://" + address
                    + ", or give the sentinels' port, mostly 26379";
        } else if (answer.startsWith("NOAUTH")) {
            words = "it requires a password of its own: GATEWAY_REDIS_SENTINEL_PASSWORD";
        } else if (answer.startsWith("WRONGPASS")) {
            words = "wrong GATEWAY_REDIS_SENTINEL_USER or GATEWAY_REDIS_SENTINEL_PASSWORD";
        }
        return named(words);
    }

    /** Returns a failure that names this sentinel. */
    RedisFailure named(String words) {
        return new RedisFailure("sentinel " + address + ": " + words);
    }

    HostAndPort address() {
        return address;
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (JedisException e) {
                // it was broken
            }
            connection = null;
        }
    }
}
