package gateway.proxy.upstream;

import gateway.net.ServiceSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/**
 * A backend's connection after its 101: plain blocking bytes, no timeouts. What has been read beyond the answer's head
 * comes first.
 */
public final class SwitchedConnection {
    private final ServiceSocket raw;
    private final Socket socket;
    private final InputStream in;
    private final AnswerInput early;

    /**
     * @param raw the TCP connection below TLS, or the socket itself
     * @param socket the one that the 101 came on
     * @param early what has arrived beyond its head
     */
    SwitchedConnection(ServiceSocket raw, Socket socket, AnswerInput early) throws IOException {
        this.raw = raw;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.early = early;
    }

    /** Reads the bytes that are there, or waits for some; returns how many, negative at a regular end. */
    public int read(byte[] buffer) throws IOException {
        int count = Math.min(early.arrived(), buffer.length);
        if (count == 0) {
            return in.read(buffer);
        }
        System.arraycopy(early.bytes, early.position, buffer, 0, count);
        early.position += count;
        return count;
    }

    /** Writes these bytes; waits while the kernel has no room for them. */
    public void write(byte[] bytes, int offset, int count) throws IOException {
        socket.getOutputStream().write(bytes, offset, count);
    }

    /** Signals the end of the output. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * Closes the connection, so that reads and writes under way fail.
     *
     * @param byReset whether to reset it, so that the backend can't take this for a regular end
     */
    public void close(boolean byReset) {
        if (byReset) {
            try {
                raw.setSoLinger(true, 0);
            } catch (IOException e) {
                // closed already: there is nothing to reset
            }
        }
        raw.closeNow(); // TLS would first wait to send its close alert
    }
}
