package gateway.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A sentinel on loopback that says of the master what a test has it say. */
public final class FakeSentinel implements AutoCloseable {
    private record Said(int port, long epoch) {}

    private final ServerSocket server;
    private final AtomicInteger looks = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Said said;

    /**
     * Starts one that names a master at this port of loopback.
     *
     * @param epoch how new that is
     */
    public FakeSentinel(int master, long epoch) throws IOException {
        says(master, epoch);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            }
        });
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // closed
                    }
                },
                "fake-sentinel");
        thread.setDaemon(true);
        thread.start();
    }

    /** Has it name another master from now on. */
    public void says(int master, long epoch) {
        said = new Said(master, epoch);
    }

    /** How often it was asked for the master's address. */
    public int looks() {
        return looks.get();
    }

    /** Ends like a killed one. */
    public void die() throws IOException {
        server.close();
        hangUp();
    }

    /** Closes all connections; new ones pass. */
    public void hangUp() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    public int port() {
        return server.getLocalPort();
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                List<String> words = new ArrayList<>();
                for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
                    in.readLine(); // the length
                    words.add(in.readLine().toLowerCase(Locale.ROOT));
                }
                out.write(answer(words).getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private String answer(List<String> words) {
        Said now = said;
        if (words.contains("get-master-addr-by-name")) {
            looks.incrementAndGet();
            return array("127.0.0.1", "" + now.port);
        }
        return words.contains("master") ? array("config-epoch", "" + now.epoch) : "-ERR unknown command\r\n";
    }

    private static String array(String... items) {
        StringBuilder text = new StringBuilder("*" + items.length + "\r\n");
        for (String item : items) {
            text.append("$").append(item.length()).append("\r\n").append(item).append("\r\n");
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        die();
    }
}
