package gateway.warmup;

import gateway.util.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The service behind the gateway that warms up: a free port of the loopback interface, where each GET gets the same small
 * answer. Whoever doesn't know the token gets none, except for health checks. One thread serves all connections, since
 * on one core all that this costs is taken from what is to be warmed up.
 */
final class LoopbackService implements AutoCloseable {
    /** The header with the token. */
    static final String TOKEN = "X-Warm-Up";

    /** The last byte of the answer, which comes nowhere else in it. */
    static final char LAST = '}';

    private static final String HEALTH = "GET /health ";
    private static final String END_OF_HEADER = "\r\n\r\n";
    private static final int LARGEST_REQUEST = 16 * 1024;
    private static final int CLOSING_MILLIS = 1000;

    private final String token;
    private final ByteBuffer answer;
    private final ServerSocketChannel port;
    private final Selector selector;
    private final Thread thread;
    private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST_REQUEST);
    private volatile boolean closed;

    /** Opens its port and serves it. */
    LoopbackService(String token) throws IOException {
        this.token = token;
        String body = "{\"message\":\"" + "x".repeat(106) + "\"" + LAST;
        answer = ByteBuffer.wrap(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + END_OF_HEADER + body)
                .getBytes(StandardCharsets.ISO_8859_1));
        selector = Selector.open();
        port = ServerSocketChannel.open();
        port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port.configureBlocking(false);
        port.register(selector, SelectionKey.OP_ACCEPT);
        thread = Threads.daemons("warm-up-service").newThread(this::serve);
        thread.start();
    }

    /** Returns its port. */
    int port() throws IOException {
        return ((InetSocketAddress) port.getLocalAddress()).getPort();
    }

    private void serve() {
        try {
            while (!closed) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isValid() && key.isAcceptable()) {
                        accept();
                    } else if (key.isValid()) {
                        answer((SocketChannel) key.channel());
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) { // it serves no longer: the warm-up notices that its requests fail
            close();
        }
    }

    private void accept() throws IOException {
        SocketChannel client = port.accept();
        if (client != null) {
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ);
        }
    }

    /**
     * Answers the request that has arrived. The gateway sends each in one piece, one at a time on a connection; hangs up on
     * anything else.
     */
    private void answer(SocketChannel client) throws IOException {
        buffer.clear();
        try {
            int length = client.read(buffer);
            if (length > 0 && isAnswered(new String(buffer.array(), 0, length, StandardCharsets.ISO_8859_1))) {
                client.write(answer.duplicate());
                return;
            }
        } catch (IOException e) {
            // the gateway has hung up
        }
        client.close();
    }

    private boolean isAnswered(String request) {
        return request.endsWith(END_OF_HEADER) && (request.startsWith(HEALTH) || request.contains(token));
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            if (Thread.currentThread() != thread) {
                thread.join(CLOSING_MILLIS);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            // as good as closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
