package gateway.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ports that belong to the tests until their JVM ends. For programs that must know a port before anything listens there;
 * where that isn't so, port 0 is better.
 *
 * <p>A reserved port is bound, at every address of the machine, by a socket that doesn't listen: connections are refused,
 * and the system gives the port to nobody. A program that was told the number can listen there all the same, since on
 * Linux several sockets with SO_REUSEADDR may have a port as long as at most one of them listens. Java's server sockets,
 * Jetty and Redis set it.
 */
public final class Ports {
    private static final List<Socket> RESERVED = new ArrayList<>(); // keeps the sockets open

    private Ports() {}

    /** A port at which nobody listens. */
    public static int reserved() throws IOException {
        return reserved(0);
    }

    /** The first of so many consecutive ports. */
    public static int consecutive(int count) throws IOException {
        return reserved(IntStream.range(0, count).toArray());
    }

    /**
     * A port, and others at fixed distances from it.
     *
     * @param offsets the distances; begins with 0
     */
    public static synchronized int reserved(int... offsets) throws IOException {
        while (true) {
            List<Socket> sockets = new ArrayList<>();
            int first = 0; // the system's choice
            try {
                for (int offset : offsets) {
                    Socket socket = new Socket();
                    sockets.add(socket);
                    socket.setReuseAddress(true);
                    socket.bind(new InetSocketAddress(first == 0 ? 0 : first + offset));
                    first = sockets.get(0).getLocalPort();
                }
                RESERVED.addAll(sockets);
                return first;
            } catch (IOException | IllegalArgumentException e) { // one is somebody else's, or beyond the last port
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }
}
