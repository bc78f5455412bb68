#!/usr/bin/env bash
# Jedis 8.0.2 with commons-pool2 (its pool of connections), when a server falls silent but still accepts connections, as one
# that is stopped or whose machine is overloaded does.
#
# Expected: a command fails when the socket has been silent for its timeout; giving its broken connection back takes no time
# and can't fail.
# Seen: close() of the broken connection first makes another for the pool, in the thread that gives back, though nobody waits
# for one. It waits for that one's greeting (here CLIENT SETNAME) for a timeout again, and then throws a JedisException of its
# own. In a try with resources the caller learns of the first failure after twice the timeout.
# For a gateway: a request whose Redis falls silent waits twice as long as was set. Whoever needs the timeout keeps connections
# of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages redis.clients:jedis:8.0.2
java_main <<'JAVA' | expect_seen \
  'the command failed after 1 timeout: JedisConnectionException' \
  'its connection was given back after 2 timeouts: Could not return the broken resource to the pool'
import java.io.*;
import java.net.*;
import redis.clients.jedis.*;
import redis.clients.jedis.exceptions.JedisException;

public class Main {
    static final int TIMEOUT = 2000; // milliseconds; times are shown as so many of these
    static volatile boolean silent;

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket client = server.accept();
                start(() -> answer(client));
            }
        });
        HostAndPort address = new HostAndPort("127.0.0.1", server.getLocalPort());
        ConnectionPoolConfig one = new ConnectionPoolConfig();
        one.setMaxTotal(1);
        JedisClientConfig config = DefaultJedisClientConfig.builder().autoNegotiateProtocol(false)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED).clientName("x").timeoutMillis(TIMEOUT).build();
        ConnectionPool pool = new ConnectionPool(address, config, one);
        Connection connection = pool.getResource();
        connection.ping();
        silent = true;
        long start = System.nanoTime();
        try {
            connection.ping();
        } catch (JedisException e) {
            System.out.println("the command failed after " + timeouts(start) + " timeout: " + e.getClass().getSimpleName());
        }
        try {
            connection.close();
        } catch (JedisException e) {
            System.out.println("its connection was given back after " + timeouts(start) + " timeouts: " + e.getMessage());
        }
        System.exit(0);
    }

    static long timeouts(long start) {
        return Math.round((System.nanoTime() - start) / 1e6 / TIMEOUT);
    }

    /** Says to each command what fits: a ping or a name. */
    static void answer(Socket client) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream()));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!silent && (line.equals("PING") || line.equals("SETNAME"))) {
                client.getOutputStream().write((line.equals("PING") ? "+PONG\r\n" : "+OK\r\n").getBytes());
            }
        }
    }

    interface Step {
        void run() throws Exception;
    }

    static void start(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (Exception e) {
                // the server is silent, or the program ends
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
JAVA
