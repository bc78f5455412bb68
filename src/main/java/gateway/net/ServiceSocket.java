package gateway.net;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * A socket to a service, with four things that Java's own doesn't offer: it connects only to addresses that services may
 * have, it can tell whether an idle connection is still good and whether a read has met its end, and it can be taken from
 * the client that opened it.
 *
 * <p>It is a channel's socket, since only a channel can try to read without waiting. OkHttp would leave Nagle's algorithm
 * on: a 10 KB POST took 22 ms because of that.
 */
public final class ServiceSocket extends ChannelSocket {
    private final ServiceAddresses addresses;
    private final ByteBuffer probe = ByteBuffer.allocate(1);
    private volatile boolean taken;
    private volatile boolean ended;

    /** @param selector what its threads wait for once it is connected; null for the socket itself */
    ServiceSocket(ServiceAddresses addresses, ChannelSelector selector) throws IOException {
        super(selector);
        this.addresses = addresses;
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            Optional<String> objection = addresses.objection(internet.getAddress());
            if (objection.isPresent()) {
                throw new ServiceSockets.Forbidden("leads to " + objection.get());
            }
        }
        super.connect(address, timeout);
    }

    /**
     * Returns whether nothing at all has come on the idle connection: no byte, no end, no error. It tries to read, so
     * that after a no the connection is good for nothing any more. One system call under virtual threads, whose
     * channels are non-blocking underneath; else five. {@code available()}, which takes one, doesn't see an end.
     */
    public boolean isQuiet() {
        SocketChannel channel = getChannel();
        try {
            if (isSelected()) {
                return channel.read(probe) == 0;
            }
            channel.configureBlocking(false);
            try {
                return channel.read(probe) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) { // reset, or closed
            return false;
        }
    }

    /** Returns whether a read has met the connection's end. TLS above it may have ended before, by its own word. */
    public boolean hasEnded() {
        return ended;
    }

    /** Returns the stream whose end isn't noted, for who reads without TLS, and so sees it. */
    public InputStream plainInput() throws IOException {
        return super.getInputStream();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                return noted(in.read());
            }

            @Override
            public int read(byte[] bytes, int from, int most) throws IOException {
                return noted(in.read(bytes, from, most));
            }
        };
    }

    private int noted(int read) {
        if (read < 0) {
            ended = true;
        }
        return read;
    }

    /** Takes the socket from the client that opened it: from now on {@link #close} does nothing. */
    public void take() {
        taken = true;
    }

    /** Closes the socket for whoever has it; reads and writes under way fail. */
    public void closeNow() {
        try {
            super.close();
        } catch (IOException e) {
            // nothing is left to do for it
        }
    }

    @Override
    public void close() throws IOException {
        if (!taken) {
            super.close();
        }
    }
}
