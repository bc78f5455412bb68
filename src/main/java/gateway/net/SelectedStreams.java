package gateway.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The streams of a channel that doesn't block: their threads wait for a {@link ChannelSelector}. One thread may read
 * and one may write at the same time.
 *
 * <p>A thread that waits puts itself into a field; whoever wakes it takes it out first, so that it can tell a wake-up
 * from others. The selector tells of readable bytes for as long as there are some, so none can be missed between a vain
 * look and the wait.
 */
final class SelectedStreams implements ChannelSelector.Waiting {
    private final SocketChannel channel;
    private final ChannelSelector.Selected selected;
    private volatile Thread reader;
    private volatile Thread writer;
    private volatile int timeoutMillis; // of a read; 0 for none
    private boolean asked; // something was written: what answers it hardly has come yet; if it has, a wait ends at once

    /** @param channel connected; it doesn't block any more */
    SelectedStreams(SocketChannel channel, ChannelSelector selector) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        this.selected = selector.select(channel, this);
    }

    InputStream input() {
        return new Input();
    }

    OutputStream output() {
        return new Output();
    }

    /** @param millis how long a read may wait; 0 for ever */
    void timeout(int millis) {
        timeoutMillis = millis;
    }

    int timeout() {
        return timeoutMillis;
    }

    @Override
    public boolean readable() {
        Thread waiting = reader;
        if (waiting == null) {
            return false;
        }
        reader = null;
        LockSupport.unpark(waiting);
        return true;
    }

    @Override
    public void writable() {
        Thread waiting = writer;
        writer = null;
        LockSupport.unpark(waiting);
    }

    /** Lets go of the channel, which has been closed; reads and writes under way fail. */
    void closed() {
        selected.remove();
        readable();
        writable();
    }

    /** Waits until there may be something to read; returns false if the time is over. */
    private boolean awaitReadable() throws IOException {
        int millis = timeoutMillis;
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        reader = Thread.currentThread();
        selected.awaitReadable();
        while (reader != null) {
            check();
            if (millis == 0) {
                LockSupport.park(this);
                continue;
            }
            long left = due - System.nanoTime();
            if (left <= 0) {
                reader = null;
                return false;
            }
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    private void awaitWritable() throws IOException {
        writer = Thread.currentThread();
        selected.awaitWritable();
        while (writer != null) {
            check();
            LockSupport.park(this);
        }
    }

    /** Fails, as blocking channels do, if the channel has been closed or the thread interrupted, which closes it. */
    private void check() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            channel.close();
            closed();
            throw new ClosedByInterruptException();
        }
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /** Returns the failure with the words that sockets have for it. */
    private static IOException closedMeanwhile(ClosedChannelException failure) {
        return failure instanceof ClosedByInterruptException ? failure : new SocketException("Socket closed");
    }

    /** What comes on the channel. */
    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, most);
            try {
                boolean inTime = true;
                if (asked) {
                    asked = false;
                    inTime = awaitReadable();
                }
                int count = channel.read(buffer);
                while (count == 0 && most > 0) {
                    if (!inTime) { // whoever waits too long for a processor finds at last what has come meanwhile
                        throw new SocketTimeoutException("Read timed out");
                    }
                    inTime = awaitReadable();
                    count = channel.read(buffer);
                }
                return count;
            } catch (ClosedChannelException e) {
                throw closedMeanwhile(e);
            }
        }
    }

    /** What goes out on the channel. */
    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, count);
            try {
                while (buffer.hasRemaining()) {
                    if (channel.write(buffer) == 0) {
                        awaitWritable();
                    }
                }
            } catch (ClosedChannelException e) {
                throw closedMeanwhile(e);
            }
            asked = true;
        }
    }
}
