package gateway.proxy;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The connection to a client, with two things that Jetty's doesn't offer: seeing that the client has left while its
 * request is being worked on, and breaking off in a way that can't be taken for a regular end.
 *
 * <p>Jetty doesn't read from a connection while it handles a request, and Java can't peek at a socket. So
 * {@link #isPeerGone} reads for real and keeps what came (the start of a next, pipelined request) for Jetty's own next
 * read. Guarded by the monitor, since the looking is another thread's.
 */
final class ClientEndPoint extends SocketChannelEndPoint {
    /** So much of a next request is read ahead; that a client with more in the pipe leaves is seen when writing. */
    private static final int READ_AHEAD = 1024;

    private final Executor executor;
    private ByteBuffer ahead;
    private boolean ended;

    /** @param executor runs what handles requests */
    ClientEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /** The connection that this request came on; null if it isn't one of these. */
    static ClientEndPoint of(HttpServletRequest request) {
        EndPoint endPoint = ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
        return endPoint instanceof ClientEndPoint client ? client : null;
    }

    /** Whether the client has closed its side, as far as the kernel knows. One system call; doesn't wait. */
    synchronized boolean isPeerGone() {
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
        if (hasReadAhead()) {
            executor.execute(getFillInterest()::fillable);
        } else {
            super.needsFillInterest();
        }
    }

    private synchronized boolean hasReadAhead() {
        return ended || ahead != null && ahead.position() > 0;
    }

    /**
     * Breaks the connection off in the middle of an answer.
     *
     * @param byReset whether the answer has neither a length nor chunks, so that only a reset tells the client that
     *     this is not its end
     */
    void abort(boolean byReset) {
        if (byReset) {
            try {
                getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // closed already: there is nothing to reset
            }
        }
        close();
    }
}
