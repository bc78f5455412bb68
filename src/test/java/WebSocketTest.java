import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import io.javalin.Javalin;
import io.javalin.websocket.WsConfig;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSockets as people use them: Java's client, the gateway, Jetty's server. To the byte: {@code TunnelTest}. */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class WebSocketTest {
    private static final int LARGE = 5 * 1024 * 1024;
    private static final BlockingQueue<String> CLOSED_AT_BACKEND = new LinkedBlockingQueue<>();

    private static Javalin backend;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        backend = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.jetty.host = "127.0.0.1";
                    config.jetty.modifyWebSocketServletFactory(factory -> {
                        factory.setMaxTextMessageSize(LARGE);
                        factory.setMaxBinaryMessageSize(LARGE);
                    });
                    config.routes.get("/health", ctx -> ctx.result("ok"));
                    config.routes.ws("/echo", WebSocketTest::echo);
                })
                .start(0);
        gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", "http://127.0.0.1:" + backend.port()));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.stop();
    }

    /** Sends back what it gets; "close 4002 because" closes so. */
    private static void echo(WsConfig ws) {
        ws.onMessage(ctx -> {
            String[] words = ctx.message().split(" ", 3);
            if (words[0].equals("close")) {
                ctx.closeSession(Integer.parseInt(words[1]), words[2]);
            } else {
                ctx.send(ctx.message());
            }
        });
        ws.onBinaryMessage(ctx -> ctx.send(ctx.data()));
        ws.onClose(ctx -> CLOSED_AT_BACKEND.add(ctx.status() + " " + ctx.reason()));
    }

    /** Puts what comes into queues, messages whole. */
    private static final class Client implements WebSocket.Listener {
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        final BlockingQueue<byte[]> binaries = new LinkedBlockingQueue<>();
        final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
        final WebSocket socket;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        Client(String... protocols) {
            WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
            if (protocols.length > 0) {
                builder.subprotocols(protocols[0], java.util.Arrays.copyOfRange(protocols, 1, protocols.length));
            }
            socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/api/echo"), this)
                    .join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                binary.write(data.get());
            }
            if (last) {
                binaries.add(binary.toByteArray());
                binary.reset();
            }
            return WebSocket.Listener.super.onBinary(from, data, last);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
            pongs.add(StandardCharsets.US_ASCII.decode(data).toString());
            return WebSocket.Listener.super.onPong(from, data);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closes.add(code + " " + reason);
            return null;
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(30, TimeUnit.SECONDS);
        assertNotNull(next, "nothing came");
        return next;
    }

    @Test
    void text_comes_back() throws Exception {
        Client client = new Client();
        client.socket.sendText("grüße", true).join();
        assertEquals("grüße", next(client.texts));
        client.socket.abort();
    }

    @Test
    void binary_comes_back() throws Exception {
        Client client = new Client();
        client.socket.sendBinary(ByteBuffer.wrap(new byte[] {0, 1, -1}), true).join();
        assertArrayEquals(new byte[] {0, 1, -1}, next(client.binaries));
        client.socket.abort();
    }

    @Test
    void five_megabytes_come_back() throws Exception {
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        Client client = new Client();
        client.socket.sendBinary(ByteBuffer.wrap(large), true).join();
        assertArrayEquals(large, next(client.binaries));
        client.socket.abort();
    }

    @Test
    void a_thousand_messages_come_back_in_order() throws Exception {
        Client client = new Client();
        for (int i = 0; i < 1000; i++) {
            client.socket.sendText("message " + i, true).join();
        }
        for (int i = 0; i < 1000; i++) {
            assertEquals("message " + i, next(client.texts));
        }
        client.socket.abort();
    }

    @Test
    void a_message_in_fragments_is_one_message() throws Exception {
        Client client = new Client();
        client.socket.sendText("one ", false).join();
        client.socket.sendPing(ByteBuffer.wrap(new byte[0])).join(); // may come between them
        client.socket.sendText("two ", false).join();
        client.socket.sendText("three", true).join();
        assertEquals("one two three", next(client.texts));
        client.socket.abort();
    }

    @Test
    void a_ping_is_answered_with_its_pong() throws Exception {
        Client client = new Client();
        client.socket.sendPing(ByteBuffer.wrap("are you there".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("are you there", next(client.pongs));
        client.socket.abort();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"1000,done", "3000,registered", "4001,mine", "4999,''"})
    void a_clients_close_reaches_the_backend_with_code_and_reason(int code, String reason) throws Exception {
        Await.until("earlier ends", () -> inFlight() == 0);
        CLOSED_AT_BACKEND.clear();
        Client client = new Client();
        client.socket.sendClose(code, reason).join();
        assertEquals(code + " " + reason, next(CLOSED_AT_BACKEND).replace("null", ""));
        assertEquals(code + " " + reason, next(client.closes), "the backend's answer to it");
        Await.until("its end", () -> inFlight() == 0);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "1000,done",
        "1001,leaving",
        "1008,forbidden",
        "1011,broken",
        "1012,restarting",
        "1013,later",
        "3000,registered",
        "4002,mine"
    })
    void a_backends_close_reaches_the_client_with_code_and_reason(int code, String reason) throws Exception {
        Client client = new Client();
        client.socket.sendText("close " + code + " " + reason, true).join();
        assertEquals(code + " " + reason, next(client.closes));
    }

    @Test
    void a_subprotocol_is_negotiated_by_the_ends() {
        Client client = new Client("chat.v2", "chat.v1");
        assertEquals("chat.v2", client.socket.getSubprotocol());
        client.socket.abort();
    }

    @Test
    void an_open_one_is_in_flight_until_it_ends() throws Exception {
        Await.until("earlier ends", () -> inFlight() == 0);
        Client first = new Client();
        Client second = new Client();
        assertEquals(2, inFlight());
        first.socket.abort();
        Await.until("one end", () -> inFlight() == 1);
        second.socket.sendText("still here", true).join();
        assertEquals("still here", next(second.texts));
        second.socket.sendClose(1000, "").join();
        Await.until("the other", () -> inFlight() == 0);
        assertEquals(
                0, gateway.json("/services").at("/services/0/failures").asInt(), "an end is no failure of the backend");
    }

    @Test
    void a_hundred_at_once_keep_their_messages_apart() throws Exception {
        Client[] clients = new Client[100];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Client();
        }
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < clients.length; i++) {
                clients[i].socket.sendText(i + " in " + round, true).join();
            }
        }
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < clients.length; i++) {
                assertEquals(i + " in " + round, next(clients[i].texts));
            }
        }
        for (Client client : clients) {
            assertTrue(client.binaries.isEmpty() && client.closes.isEmpty());
            client.socket.abort();
        }
    }

    private static int inFlight() throws Exception {
        return gateway.json("/services").at("/services/0/in_flight").asInt();
    }
}
