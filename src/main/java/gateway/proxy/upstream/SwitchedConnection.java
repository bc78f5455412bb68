package gateway.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import okhttp3.internal.connection.RealConnection;

/**
 * A backend's connection after its 101, taken out of OkHttp's hands: plain blocking bytes, no timeouts. What OkHttp has
 * read beyond the answer's head comes first.
 *
 * <p>OkHttp's own way here, {@code Response.socket}, isn't there when {@code Connection} says more than {@code upgrade}
 * (RFC 9110, 7.6.1 allows that), and can't reset the connection.
 */
public final class SwitchedConnection {
    private final RealConnection connection;
    private final Socket socket;
    private final InputStream in;
    private byte[] early;

    /** @param connection the one that the 101 came on */
    SwitchedConnection(RealConnection connection) throws IOException {
        this.connection = connection;
        this.socket = connection.socket();
        this.in = socket.getInputStream();
        this.early =
                ConnectionInternals.buffers(connection).getSource().getBuffer().readByteArray();
    }

    /** Reads the bytes that are there, or waits for some; returns how many, negative at a regular end. */
    public int read(byte[] buffer) throws IOException {
        if (early.length == 0) {
            return in.read(buffer);
        }
        int count = Math.min(early.length, buffer.length);
        System.arraycopy(early, 0, buffer, 0, count);
        early = Arrays.copyOfRange(early, count, early.length);
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
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // closed already: there is nothing to reset
            }
        }
        connection.cancel(); // the raw socket: TLS would first wait to send its close alert
    }
}
