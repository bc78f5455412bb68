package gateway.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.nio.channels.SocketChannel;

/**
 * A channel's socket, whose threads may wait for a {@link ChannelSelector}. It sends at once (TCP_NODELAY): with Nagle's
 * algorithm, the second part of what is sent waits until the first has been acknowledged, which may take 40 ms.
 */
public class ChannelSocket extends Socket {
    private final SocketChannel channel;
    private final Socket socket;
    private final ChannelSelector selector;
    private volatile SelectedStreams streams; // null unless it is connected and its threads wait for a selector

    /** @param selector what its threads wait for once it is connected; null for the socket itself */
    public ChannelSocket(ChannelSelector selector) throws IOException {
        super((SocketImpl) null);
        this.selector = selector;
        this.channel = SocketChannel.open();
        this.socket = channel.socket();
        socket.setTcpNoDelay(true);
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        socket.connect(address, timeout);
        if (selector != null) {
            streams = new SelectedStreams(channel, selector);
            streams.timeout(socket.getSoTimeout());
        }
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        connect(address, 0);
    }

    /** Returns whether it is connected and its threads wait for a selector, so that the channel doesn't block. */
    boolean isSelected() {
        return streams != null;
    }

    /** Closes it; reads and writes under way fail. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (streams != null) {
            streams.closed();
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
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket.getKeepAlive();
    }

    @Override
    public String toString() {
        return socket.toString();
    }
}
