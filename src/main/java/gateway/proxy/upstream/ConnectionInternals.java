package gateway.proxy.upstream;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.Socket;
import okhttp3.internal.connection.BufferedSocket;
import okhttp3.internal.connection.RealConnection;

/**
 * Access to internals of OkHttp's connections: their buffers and the socket below TLS, through method handles that are
 * looked up once. {@code OkHttpInternalsTest} fails when an upgrade changes this.
 */
final class ConnectionInternals {
    private static final MethodHandle SOCKET = field("socket", BufferedSocket.class);
    private static final MethodHandle RAW_SOCKET = field("rawSocket", Socket.class);

    private ConnectionInternals() {}

    /** Returns the connection's buffers. */
    static BufferedSocket buffers(RealConnection connection) {
        try {
            return (BufferedSocket) SOCKET.invokeExact(connection);
        } catch (Throwable e) {
            throw new IllegalStateException("This OkHttp's connections have no readable buffer", e);
        }
    }

    /** Returns the TCP connection, below TLS if there is TLS. */
    static Socket rawSocket(RealConnection connection) {
        try {
            return (Socket) RAW_SOCKET.invokeExact(connection);
        } catch (Throwable e) {
            throw new IllegalStateException("This OkHttp's connections have no readable socket", e);
        }
    }

    private static MethodHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(RealConnection.class, MethodHandles.lookup())
                    .findGetter(RealConnection.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This OkHttp's RealConnection has no field " + name + "; ConnectionInternals must follow", e);
        }
    }
}
