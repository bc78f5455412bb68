#!/usr/bin/env bash
# jedis-mock 1.1.17 (a Redis in Java for tests), used by Jedis 8.0.2: it writes the number in its answer to HELLO as a text that
# holds a number of the protocol, and scripts there format numbers otherwise than Redis's Lua.
#
# Expected: HELLO 2 answers with its protocol as a number, as Redis does. A script's
# string.format('%.0f', 1234567890123456) gives 1234567890123456, as Lua 5.1 does: scripts write times in microseconds so, since
# tostring() would round them.
# Seen: the protocol comes as the text ":2" and CR LF. So Jedis can't connect if it is told its protocol, as its manual shows it
# (RedisProtocol.RESP2): a ClassCastException, which isn't one of its own exceptions. Without it it connects. And the format
# gives 1.234567890123456E15, which a later tonumber() reads, but RPUSH, GET or LREM see another text than Redis would.
# For a gateway: what a test with this mock shows of scripts isn't what Redis does; take a real server from a package.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.github.fppt:jedis-mock:1.1.17 redis.clients:jedis:8.0.2
java_main <<'JAVA' | expect_seen \
  'Jedis with RESP2: java.lang.ClassCastException' \
  'Jedis without: PONG' \
  "return string.format('%.0f', 1234567890123456): 1.234567890123456E15" \
  "return string.format('%.2f', 2): 2.0" \
  'return 1234567890123456: 1234567890123456'
import com.github.fppt.jedismock.RedisServer;
import redis.clients.jedis.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        RedisServer server = RedisServer.newRedisServer();
        server.start();
        HostAndPort address = new HostAndPort("127.0.0.1", server.getBindPort());
        try (Jedis jedis = new Jedis(address, DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP2).build())) {
            System.out.println("Jedis with RESP2: " + jedis.ping());
        } catch (RuntimeException e) {
            System.out.println("Jedis with RESP2: " + e.getClass().getName());
        }
        DefaultJedisClientConfig plain = DefaultJedisClientConfig.builder().autoNegotiateProtocol(false).build();
        try (Jedis jedis = new Jedis(address, plain)) {
            System.out.println("Jedis without: " + jedis.ping());
            for (String script : new String[] {"return string.format('%.0f', 1234567890123456)",
                    "return string.format('%.2f', 2)", "return 1234567890123456"}) {
                System.out.println(script + ": " + jedis.eval(script));
            }
        }
        System.exit(0);
    }
}
JAVA
