package gateway.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * A socket to a service, with three things that Java's own doesn't offer: it connects only to addresses that services
 * may have, it can tell whether an idle connection is still good, and it can be taken from the client that opened it.
 *
 * <p>It is a channel's socket, since only a channel can try to read without waiting.
 */
public final class ServiceSocket extends Socket {
    private final ServiceAddresses addresses;
    private final SocketChannel channel;
    private final Socket socket;
    private final ByteBuffer probe = ByteBuffer.allocate(1);
    private final ChannelSelector selector;
    private volatile SelectedStreams streams; // null unless it is connected and its threads wait for a selector
    private volatile boolean taken;

    /**
     * Makes a socket that sends at once (TCP_NODELAY). OkHttp leaves Nagle's algorithm on: the second part of a body
     * then waits until the backend has acknowledged the first, which it may delay by 40 ms. A 10 KB POST took 22 ms
     * because of that.
     *
     * @param selector what its threads wait for once it is connected; null for the socket itself
     */
    ServiceSocket(ServiceAddresses addresses, ChannelSelector selector) throws IOException {
        super((SocketImpl) null);
        this.addresses = addresses;
        this.selector = selector;
        this.channel = SocketChannel.open();
        this.socket = channel.socket();
        socket.setTcpNoDelay(true);
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            Optional<String> objection = addresses.objection(internet.getAddress());
            if (objection.isPresent()) {
                throw new ServiceSockets.Forbidden("leads to " + objection.get());
            }
        }
        socket.connect(address, timeout);
        if (selector != null) {
            streams = new SelectedStreams(channel, selector);
        }
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        connect(address, 0);
    }

    /**
     * Returns whether nothing at all has come on the idle connection: no byte, no end, no error. It tries to read, so
     * that after a no the connection is good for nothing any more. One system call under virtual threads, whose
     * channels are non-blocking underneath; else five. {@code available()}, which takes one, doesn't see an end.
     */
    public boolean isQuiet() {
        try {
            if (streams != null) {
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

    /** Takes the socket from the client that opened it: from now on {@link #close} does nothing. */
    public void take() {
        taken = true;
    }

    /** Closes the socket for whoever has it; reads and writes under way fail. */
    public void closeNow() {
        try {
            closeChannel();
        } catch (IOException e) {
            // nothing is left to do for it
        }
    }

    private void closeChannel() throws IOException {
        channel.close();
        if (streams != null) {
            streams.closed();
        }
    }

    @Override
    public void close() throws IOException {
        if (!taken) {
            closeChannel();
        }
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return streams == null ? socket.getInputStream() : streams.input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return streams == null ? socket.getOutputStream() : streams.output();
    }

    @Override
    public void bind(SocketAddress own) throws IOException {
        socket.bind(own);
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
        if (streams != null) {
            streams.timeout(millis);
        }
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket.getTcpNoDelay();
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        socket.setSoLinger(on, seconds);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return socket.getSoLinger();
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
