package gateway.admission;

import gateway.http.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads on for a moment after a client was refused in the middle of its body: closing at once would reset the
 * connection, and the reset may overtake the answer (RFC 9112, 9.6). Each server has one of these as a bean.
 */
public final class LingeringClose {
    private static final long LONGEST_MILLIS = 2_000;
    private static final long SILENCE_MILLIS = 500;
    private static final int PART_BYTES = 8 * 1024;

    /**
     * The most lingering closes at a time, since each occupies a thread, of which Java before 21 has few. Beyond that,
     * clients may miss the answer.
     */
    private final Semaphore atATime = new Semaphore(100);

    LingeringClose() {}

    /**
     * Sends the answer, then discards what still arrives, for two seconds at most. Does nothing if too many do so
     * already.
     */
    public static void after(Request request, Answer answer) {
        ConnectionMetaData jetty = request.getConnectionMetaData();
        if (jetty.getHttpVersion() == HttpVersion.HTTP_2) { // it ends the request without closing the connection
            return;
        }
        LingeringClose ofServer = jetty.getConnector().getServer().getBean(LingeringClose.class);
        if (ofServer == null || !ofServer.atATime.tryAcquire()) {
            return;
        }
        try {
            readOn(request, answer, jetty);
        } finally {
            ofServer.atATime.release();
        }
    }

    private static void readOn(Request request, Answer answer, ConnectionMetaData jetty) {
        EndPoint client = jetty.getConnection().getEndPoint();
        Scheduler scheduler = jetty.getConnector().getScheduler();
        long latest = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
        // From another thread: a read may last as long as bytes come that are no body, like a chunk's length
        Scheduler.Task end = scheduler.schedule(client::close, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
        try {
            answer.end();
            InputStream body = Content.Source.asInputStream(request);
            byte[] part = new byte[PART_BYTES];
            do {
                end.cancel();
                long left = TimeUnit.NANOSECONDS.toMillis(latest - System.nanoTime());
                end = scheduler.schedule(client::close, Math.min(left, SILENCE_MILLIS), TimeUnit.MILLISECONDS);
            } while (body.read(part) >= 0);
        } catch (IOException | RuntimeException e) {
            // the client has disconnected, or sends no more
        } finally {
            end.cancel();
        }
    }
}
