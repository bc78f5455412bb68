package gateway.admission;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads on for a moment after a client was refused in the middle of its body: closing at once would reset the
 * connection, and the reset may overtake the answer (RFC 9112, 9.6). Each server has one, as a bean of its own.
 */
public final class LingeringClose {
    private static final long LONGEST_MILLIS = 2_000;
    private static final long SILENCE_MILLIS = 500;
    private static final int PART_BYTES = 8 * 1024;

    /** Each takes a thread, which Java before 21 has few of: beyond so many, clients may miss the answer. */
    private final Semaphore atATime = new Semaphore(100);

    LingeringClose() {}

    /** Sends what has been answered, then throws away what still comes, for two seconds at most, unless many do so. */
    public static void after(HttpServletRequest request, HttpServletResponse response) {
        ConnectionMetaData jetty =
                ServletContextRequest.getServletContextRequest(request).getConnectionMetaData();
        if (jetty.getHttpVersion() == HttpVersion.HTTP_2) { // ends a request alone, without its connection
            return;
        }
        LingeringClose ofServer = jetty.getConnector().getServer().getBean(LingeringClose.class);
        if (ofServer == null || !ofServer.atATime.tryAcquire()) {
            return;
        }
        try {
            readOn(request, response, jetty);
        } finally {
            ofServer.atATime.release();
        }
    }

    private static void readOn(HttpServletRequest request, HttpServletResponse response, ConnectionMetaData jetty) {
        EndPoint client = jetty.getConnection().getEndPoint();
        // From outside: a read may go on as long as bytes come that are no body, like a chunk's length.
        Scheduler.Task end =
                jetty.getConnector().getScheduler().schedule(client::close, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
        try {
            response.flushBuffer();
            client.setIdleTimeout(SILENCE_MILLIS);
            InputStream body = request.getInputStream();
            byte[] part = new byte[PART_BYTES];
            while (body.read(part) >= 0) {
                continue;
            }
        } catch (IOException | RuntimeException e) {
            // it has gone, or has nothing more to say
        } finally {
            end.cancel();
        }
    }
}
