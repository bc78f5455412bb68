import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.HdrHistogram.Histogram;

/**
 * Load that doesn't wait: so many requests a second, evenly, whatever becomes of those before. What can't be sent because
 * all connections wait for answers counts as failed; latency counts from when a request was due, so a late start isn't
 * overlooked. One thread that never sleeps.
 *
 * <pre>java -cp 'target/lib/*' bench/OpenLoop.java host port path requests-per-second seconds connections</pre>
 *
 * Prints, per second: due, answered 200, answered 503, failed; then p50 and p99 in ms of the 200s, p99 of the 503s.
 */
public final class OpenLoop {
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE = 5 * SECOND;

    private final InetSocketAddress server;
    private final byte[] request;
    private final int most;
    private final Selector selector;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final Histogram served = new Histogram(60 * SECOND, 3);
    private final Histogram refused = new Histogram(60 * SECOND, 3);
    private int open;
    private long failed;

    private OpenLoop(String host, int port, String path, int most) throws IOException {
        this.server = new InetSocketAddress(host, port);
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        this.most = most;
        this.selector = Selector.open();
    }

    public static void main(String[] arguments) throws IOException {
        OpenLoop load = new OpenLoop(
                arguments[0], Integer.parseInt(arguments[1]), arguments[2], Integer.parseInt(arguments[5]));
        load.run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    }

    private void run(int rate, int seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + seconds * SECOND;
        long due = 0;
        while (System.nanoTime() < end) {
            for (long at = start + due * SECOND / rate;
                    at <= System.nanoTime() && at < end;
                    at = start + due * SECOND / rate) {
                due++;
                send(at);
            }
            selector.selectNow(this::ready);
        }
        while (idle.size() < open && System.nanoTime() < end + PATIENCE) {
            selector.selectNow(this::ready);
        }
        failed += open - idle.size(); // still without an answer
        System.out.printf(
                "%d %d %d %d %.1f %.1f %.1f%n",
                due / seconds,
                served.getTotalCount() / seconds,
                refused.getTotalCount() / seconds,
                failed / seconds,
                served.getValueAtPercentile(50) / 1e6,
                served.getValueAtPercentile(99) / 1e6,
                refused.getValueAtPercentile(99) / 1e6);
    }

    private void send(long due) {
        Connection connection = idle.poll();
        try {
            if (connection == null && open < most) {
                connection = new Connection();
            }
            if (connection == null) {
                failed++;
            } else {
                connection.send(due);
            }
        } catch (IOException e) {
            lost(connection);
        }
    }

    private void lost(Connection connection) {
        failed++;
        if (connection != null) {
            connection.close();
        }
    }

    private void ready(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            connection.ready();
        } catch (IOException e) {
            if (connection.due != 0) {
                failed++;
            } else {
                idle.remove(connection);
            }
            connection.close();
        }
    }

    /** One connection with one request at a time. */
    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);
        private long due;
        private int status;
        private long left = -1;

        Connection() throws IOException {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = channel.register(selector, 0, this);
            open++;
        }

        void send(long at) throws IOException {
            due = at;
            status = 0;
            left = -1;
            in.clear();
            if (channel.isConnected()) {
                write();
            } else if (channel.connect(server)) {
                write();
            } else {
                key.interestOps(SelectionKey.OP_CONNECT);
            }
        }

        private void write() throws IOException {
            channel.write(ByteBuffer.wrap(request));
            key.interestOps(SelectionKey.OP_READ);
        }

        void ready() throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                write();
                return;
            }
            if (left > 0) {
                in.clear();
            }
            int count = channel.read(in);
            if (count < 0) {
                throw new IOException("closed");
            }
            if (left < 0) {
                head();
            } else {
                left -= count;
            }
            if (left == 0 && due != 0) {
                (status == 200 ? served : refused).recordValue(Math.max(0, System.nanoTime() - due));
                due = 0;
                idle.push(this);
            }
        }

        private void head() throws IOException {
            String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            status = Integer.parseInt(text.substring(9, 12));
            if (status != 200 && status != 503) {
                throw new IOException("answered " + status);
            }
            int length = text.indexOf("Content-Length: ");
            if (length < 0 || length > end) {
                throw new IOException("no length");
            }
            int from = length + "Content-Length: ".length();
            left = Long.parseLong(text.substring(from, text.indexOf("\r\n", from))) - (in.position() - end - 4);
        }

        void close() {
            open--;
            try {
                channel.close();
            } catch (IOException e) {
                // then it is closed
            }
        }
    }
}
