package gateway.admission;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * A moment between a refusal and the next request on the same connection, or on the same stream of HTTP/2. Else clients
 * that ask again at once, however politely they are told to wait, keep the gateway refusing instead of serving: with
 * one core, threads that refuse wake each other, and those that wait for a service got no turn at all.
 */
public final class Backoff {
    /** How long it is, milliseconds. */
    static final long MILLIS = 100;

    private Backoff() {}

    /** Sends what has been answered, then waits, if the thread is a virtual one: these are many, others are not. */
    public static void after(HttpServletResponse response) throws IOException {
        response.flushBuffer();
        if (VirtualThreads.isVirtualThread()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS));
        }
    }
}
