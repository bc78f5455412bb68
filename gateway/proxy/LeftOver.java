package gateway.proxy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import okhttp3.Connection;
import okhttp3.internal.connection.BufferedSocket;
import okhttp3.internal.connection.RealConnection;
import okio.Buffer;

/**
 * Sees whether a backend sent more than its answer. The surplus would be read as the start of the next answer on that
 * connection, which goes to another client; so such a connection isn't used again.
 *
 * <p>OkHttp doesn't look, and its connection's buffer is private; it is reached by a method handle that is looked up
 * once. {@code OkHttpInternalsTest} fails when an upgrade changes it.
 */
final class LeftOver {
    private static final MethodHandle SOCKET = socketField();

    private LeftOver() {}

    /** Whether bytes have been read from the connection that belong to no answer. */
    static boolean isOn(Connection connection) {
        return !on(connection).exhausted();
    }

    /** The bytes that have been read from the connection and belong to no answer. */
    static Buffer on(Connection connection) {
        try {
            BufferedSocket socket = (BufferedSocket) SOCKET.invokeExact((RealConnection) connection);
            return socket.getSource().getBuffer();
        } catch (Throwable e) {
            throw new IllegalStateException("This OkHttp's connections have no readable buffer", e);
        }
    }

    private static MethodHandle socketField() {
        try {
            return MethodHandles.privateLookupIn(RealConnection.class, MethodHandles.lookup())
                    .findGetter(RealConnection.class, "socket", BufferedSocket.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This OkHttp's RealConnection has no field socket; LeftOver must follow", e);
        }
    }
}
