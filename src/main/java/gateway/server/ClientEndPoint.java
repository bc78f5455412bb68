package gateway.server;

import gateway.net.ChannelSelector;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The connection to a client, with four things that Jetty's doesn't offer: detecting that the client has left while its
 * request is under way, aborting in a way that can't be taken for a regular end, staying selected, and an idle timeout
 * that leaves exchanges to their own deadlines.
 *
 * <p>Jetty doesn't read from a connection while it handles a request, and Java can't peek at a socket. So {@link
 * #isPeerGone} reads for real and keeps what came (the start of a next, pipelined request) for Jetty's own next read.
 * Guarded by the monitor, since another thread calls it.
 *
 * <p>Jetty takes a connection out of the selector when its request arrives and puts it back in when that is answered:
 * two system calls, of nine that a small request needs in all. Under a {@link YieldingSelector}, which lets a request
 * be read before it looks for the next, the connection stays in. If it is selected while a request is under way, the
 * client is leaving, which is thus noticed at once, or has sent its next request.
 */
public final class ClientEndPoint extends SocketChannelEndPoint implements ClientSide {
    /** How much of a next request is read ahead; if a client with more than that leaves, a write detects it. */
    private static final int READ_AHEAD = 1024;

    private final ManagedSelector selector;
    private final Executor executor;
    private final boolean staysSelected;
    private final AtomicInteger exchanges = new AtomicInteger(); // under way, several with HTTP/2
    private SelectionKey key;
    private boolean keep; // of the selector's thread: what was just selected needn't be taken out
    private volatile boolean toBeRead; // what was selected last
    private volatile boolean selected;
    private volatile Runnable onPeerGone;
    private ByteBuffer ahead;
    private boolean ended;

    /**
     * @param executor runs what handles requests
     */
    ClientEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.selector = selector;
        this.key = key;
        this.executor = executor;
        this.staysSelected = selector instanceof YieldingSelector;
    }

    /** Returns the client's connection below TLS and a PROXY header; null if it is of another kind. */
    public static ClientEndPoint below(EndPoint endPoint) {
        EndPoint lowest = endPoint;
        while (lowest instanceof EndPoint.Wrapper wrapper) {
            lowest = wrapper.unwrap();
        }
        return lowest instanceof ClientEndPoint client ? client : null;
    }

    /** Called by the selector's thread, if the connection stays selected. */
    @Override
    public void onPeerGone(Runnable step) {
        onPeerGone = step;
    }

    @Override
    public boolean tellsOfLeaving() {
        return selected;
    }

    @Override
    public ChannelSelector selector() {
        return selector instanceof ChannelSelector shared ? shared : null;
    }

    @Override
    public void begin() {
        exchanges.incrementAndGet();
    }

    @Override
    public void end() {
        notIdle();
        exchanges.decrementAndGet();
    }

    /**
     * Ignored during an exchange, and while nothing waits for the client: then it is the gateway that is busy. Looks at
     * the clock again, since the client may have been active, or an exchange may have ended, a moment ago.
     */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        boolean waits = getFillInterest().isInterested() || getWriteFlusher().isPending();
        if (exchanges.get() == 0 && waits && getIdleFor() >= getIdleTimeout()) {
            super.onIdleExpired(timeout);
        }
    }

    @Override
    public Runnable onSelected() {
        boolean mayStay = staysSelected && key.readyOps() == SelectionKey.OP_READ;
        boolean again = toBeRead; // another processor was quicker to select than to read
        Runnable task = super.onSelected();
        if (mayStay && !getFillInterest().isInterested()) { // nothing waits for these bytes: a request is under way
            keep = !again && watch();
            return null;
        }
        keep = mayStay && !again;
        toBeRead = keep;
        return task;
    }

    /**
     * Checks what came while a request is under way; returns false if the connection must be taken out of the selector.
     */
    private boolean watch() {
        Runnable step = onPeerGone;
        if (step == null) {
            return false; // the request itself, or more of its body: it is read in time
        }
        if (isPeerGone()) {
            step.run();
            return false;
        }
        return ahead.hasRemaining();
    }

    /**
     * Called by the selector after {@link #onSelected}, and for changed interests: leaves the connection alone if it
     * may stay selected.
     */
    @Override
    public void updateKey() {
        if (keep) {
            keep = false;
            if (!selected) {
                selected = true;
            }
        } else {
            selected = false;
            super.updateKey();
        }
    }

    /** Submits the update once more: Jetty relies on one that is pending, which may have been left out. */
    @Override
    protected void onIncompleteFlush() {
        super.onIncompleteFlush();
        selector.submit(any -> updateKey());
    }

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
        super.replaceKey(newKey);
    }

    /** Returns whether the client has closed its side, as far as the kernel knows. One system call. */
    @Override
    public synchronized boolean isPeerGone() {
        if (ended || !isOpen()) {
            return true;
        }
        if (ahead == null) {
            ahead = ByteBuffer.allocate(READ_AHEAD);
        }
        if (ahead.hasRemaining()) {
            try {
                int read = getChannel().read(ahead);
                ended = read < 0;
                if (read == 0) {
                    return false;
                }
            } catch (IOException e) { // reset
                ended = true;
            }
            // The exchange may have ended meanwhile and Jetty begun to wait for what was just taken from the socket.
            if (getFillInterest().isInterested()) {
                executor.execute(getFillInterest()::fillable);
            }
        }
        return ended;
    }

    @Override
    public synchronized int fill(ByteBuffer buffer) throws IOException {
        toBeRead = false;
        if (ahead != null && ahead.position() > 0) {
            ahead.flip();
            int filled = BufferUtil.append(buffer, ahead);
            ahead.compact();
            return filled;
        }
        if (ended) {
            shutdownInput();
            return -1;
        }
        return super.fill(buffer);
    }

    /** Jetty waits for the socket to become readable; what was read ahead is readable already. */
    @Override
    protected void needsFillInterest() {
        boolean hasReadAhead;
        synchronized (this) {
            hasReadAhead = ended || ahead != null && ahead.position() > 0;
        }
        if (hasReadAhead) {
            executor.execute(getFillInterest()::fillable);
        } else {
            super.needsFillInterest();
        }
    }

    /** Does nothing: Jetty takes a larger buffer when the usual one is too small. */
    @Override
    public void expectHeader(int bytes) {}

    @Override
    public void abort(boolean byReset) {
        if (byReset) {
            try {
                getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // closed already: there is nothing to reset
            }
        }
        close();
    }

    @Override
    public void closeConnection() {
        close();
    }
}
