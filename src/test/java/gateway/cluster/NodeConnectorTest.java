package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.testing.TestSelector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Calls whose threads wait for a selector of the clients' connections, as on Java from 21 on. */
@Tag("redis")
class NodeConnectorTest {
    private static final Script COUNT = Script.of("return redis.call('INCR', KEYS[1])");
    private static final Redis.Call CALL = new Redis.Call(COUNT, List.of(Redis.bytes("n")), List.of());
    private static final Duration PATIENT = Duration.ofSeconds(20);

    @Test
    void each_of_many_threads_gets_its_own_answer() throws Exception {
        try (TestRedis server = TestRedis.start();
                TestSelector selectors = TestSelector.start();
                Redis redis = new Redis(server.settings(), PATIENT)) {
            redis.waitFor(selectors.selector());
            ConcurrentSkipListSet<Long> answers = new ConcurrentSkipListSet<>();
            CountDownLatch all = new CountDownLatch(8);
            for (int i = 0; i < 8; i++) {
                new Thread(() -> {
                            for (int call = 0; call < 100; call++) {
                                answers.add((Long) redis.runAll(List.of(CALL)).get(0));
                            }
                            all.countDown();
                        })
                        .start();
            }
            all.await();
            assertEquals(LongStream.rangeClosed(1, 800).boxed().toList(), List.copyOf(answers));
            assertEquals(1, selectors.selector().getTotalKeys(), "one connection, in the selector");
        }
    }

    @Test
    void a_silent_server_costs_the_timeout_and_one_that_is_back_answers_again() throws Exception {
        try (TestRedis server = TestRedis.start();
                TestSelector selectors = TestSelector.start();
                Redis redis = new Redis(server.settings(), Duration.ofMillis(200))) {
            redis.waitFor(selectors.selector());
            Await.until("an answer", () -> works(redis));
            server.freeze();
            RedisFailure silent = assertThrows(RedisFailure.class, () -> redis.run(CALL));
            assertEquals("no answer within 200ms", silent.getMessage());
            server.thaw();
            Await.until("an answer", () -> works(redis));
        }
    }

    @Test
    void a_connection_that_the_server_closed_is_opened_anew() throws Exception {
        try (TestRedis server = TestRedis.start();
                Jedis operator = server.client();
                TestSelector selectors = TestSelector.start();
                Redis redis = new Redis(server.settings(), PATIENT)) {
            redis.waitFor(selectors.selector());
            assertTrue(works(redis));
            operator.clientKill(new ClientKillParams().type(ClientType.NORMAL));
            RedisFailure broken = assertThrows(RedisFailure.class, () -> redis.run(CALL));
            assertTrue(
                    broken.getMessage().matches("Redis closed the connection|the connection broke: .*"),
                    broken.toString());
            assertTrue(works(redis));
        }
    }

    /** Jedis opened another one in the middle of the batch, without a password or database, and nobody closed it. */
    @ParameterizedTest(name = "at a selector: {0}")
    @ValueSource(booleans = {true, false})
    void a_connection_that_is_closed_while_calls_are_written_is_the_last(boolean selected) throws Exception {
        try (TestRedis server = TestRedis.start();
                Jedis operator = server.client();
                TestSelector selectors = TestSelector.start()) {
            NodeConnector connector =
                    new NodeConnector(DefaultJedisClientConfig.builder().build());
            connector.waitFor(selected ? selectors.selector() : null);
            HostAndPort node = new HostAndPort("127.0.0.1", server.port());
            NodeConnection connection = new NodeConnection(node, new OneNode(node, connector), PATIENT);
            List<byte[]> closing = new AbstractList<>() {
                @Override
                public byte[] get(int index) {
                    connection.close();
                    return Redis.bytes("1");
                }

                @Override
                public int size() {
                    return 1;
                }
            };
            PendingCall first = new PendingCall(CALL);
            PendingCall second = new PendingCall(new Redis.Call(COUNT, CALL.keys(), closing));
            assertThrows(RedisFailure.class, () -> connection.send(List.of(first, second)));
            Await.until("the end of it", () -> operator.clientList().lines().count() == 1);
            assertEquals(0, operator.dbSize(), "nothing was done");
        }
    }

    /** What a selector has isn't closed by Java when nobody has it any more: files ran out. */
    @Test
    void what_does_not_answer_as_redis_does_costs_no_connections() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TestSelector selectors = TestSelector.start()) {
            Thread answering = new Thread(() -> answerOne(other));
            answering.setDaemon(true);
            answering.start();
            String words = failure(selectors, "redis://127.0.0.1:" + other.getLocalPort());
            assertEquals("it doesn't answer as Redis does", words);
            Await.until("its end in the selector", () -> selectors.selector().getTotalKeys() == 0);
        }
    }

    /** Answers each command of a connection with a number, until the other side ends it. */
    private static void answerOne(ServerSocket port) {
        try (Socket client = port.accept()) {
            byte[] command = new byte[8192];
            while (client.getInputStream().read(command) >= 0) {
                client.getOutputStream().write(":1\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // reset
        }
    }

    @Test
    void what_can_not_be_reached_says_why() throws Exception {
        try (TestSelector selectors = TestSelector.start()) {
            assertEquals("connection refused", failure(selectors, "redis://127.0.0.1:" + TestBackend.deadPort()));
            assertEquals("unknown host", failure(selectors, "redis://no-such-host.invalid:6379"));
        }
    }

    private static String failure(TestSelector selectors, String url) {
        try (Redis redis = new Redis(TestRedis.settings(url), PATIENT)) {
            redis.waitFor(selectors.selector());
            return assertThrows(RedisFailure.class, () -> redis.run(CALL)).getMessage();
        }
    }

    private static boolean works(Redis redis) {
        return redis.runAll(List.of(CALL)).get(0) instanceof Long;
    }
}
