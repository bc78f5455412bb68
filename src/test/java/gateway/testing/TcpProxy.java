package gateway.testing;

import gateway.util.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wire on loopback between a client and a server, that a test makes long or cuts. Bytes are counted as they come in;
 * what the server says is handed on when it is due, so that latency delays but doesn't slow down.
 */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final int target;
    private volatile long latency;
    private volatile boolean cut;

    /** In front of a port of loopback. */
    public TcpProxy(int target) throws IOException {
        this.target = target;
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How much later answers arrive, from the next on; an hour is a silence. */
    public void latency(Duration duration) {
        latency = duration.toNanos();
    }

    /** Resets all connections, and new ones at once. */
    public void cut() {
        cut = true;
        reset();
    }

    /** Lets new connections pass again. */
    public void mend() {
        cut = false;
    }

    /** Resets all connections; new ones pass. */
    public void reset() {
        open.forEach(TcpProxy::reset);
    }

    /** How many connections there have been. */
    public int connections() {
        return accepted.get();
    }

    /** How many bytes clients sent. */
    public long bytesSent() {
        return sent.get();
    }

    /** How many bytes the server answered; a latency set from now on doesn't concern them. */
    public long bytesReceived() {
        return received.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                daemon(() -> connect(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        open.add(client);
        open.add(server);
        try {
            if (cut) { // seen after it was added to those that cut() resets
                throw new IOException("cut");
            }
            server.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            daemon(() -> answers(server, client));
            requests(client, server);
        } catch (IOException e) {
            end(client, server);
        }
    }

    private void requests(Socket client, Socket server) throws IOException {
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        byte[] buffer = new byte[16_384];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            sent.addAndGet(read);
            out.write(buffer, 0, read);
        }
        server.shutdownOutput();
    }

    private void answers(Socket server, Socket client) {
        ScheduledThreadPoolExecutor delivery = new ScheduledThreadPoolExecutor(1, Threads.daemons("tcp-proxy-late"));
        long due = System.nanoTime();
        try {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[16_384];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                byte[] bytes = Arrays.copyOf(buffer, read);
                due = later(due);
                received.addAndGet(read);
                deliver(delivery, due, () -> write(bytes, client, server));
            }
            deliver(delivery, later(due), () -> end(client, server));
        } catch (IOException | RejectedExecutionException e) {
            end(client, server);
        } finally {
            delivery.shutdown(); // after what waits
        }
    }

    /** Never before what came earlier, even when the latency has become less. */
    private long later(long due) {
        long now = System.nanoTime() + latency;
        return now - due > 0 ? now : due;
    }

    private static void deliver(ScheduledThreadPoolExecutor delivery, long due, Runnable step) {
        delivery.schedule(step, due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void write(byte[] bytes, Socket client, Socket server) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            end(client, server);
        }
    }

    private void end(Socket client, Socket server) {
        for (Socket socket : new Socket[] {client, server}) {
            open.remove(socket);
            if (cut) {
                reset(socket);
            } else {
                close(socket);
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it's gone either way
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
