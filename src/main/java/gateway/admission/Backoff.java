package gateway.admission;

import gateway.http.Answer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * A pause between a refusal and the next request on the same connection or HTTP/2 stream. Without it, clients that
 * ignore Retry-After and ask again at once keep the gateway busy with refusals: on one core, refusing threads woke each
 * other, and threads that waited for a service never ran.
 */
public final class Backoff {
    /** The length of the pause, milliseconds. */
    static final long MILLIS = 100;

    private Backoff() {}

    /** Sends the answer, then pauses if the thread is virtual; platform threads are too few to hold one. */
    public static void after(Answer answer) throws IOException {
        answer.end();
        if (VirtualThreads.isVirtualThread()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS));
        }
    }
}
