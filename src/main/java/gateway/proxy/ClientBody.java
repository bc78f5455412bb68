package gateway.proxy;

import gateway.http.BodyTooLarge;
import gateway.settings.Bounds;
import gateway.util.Time;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * A request's body as it arrives, with its bounds: no larger than allowed, no slower, and as long as announced. It has
 * stalled once the gateway has waited a whole timeout for it and got fewer than {@value #LEAST_BYTES} bytes meanwhile:
 * nothing at all, or a byte now and then.
 *
 * <p>Nothing here waits. Used by one thread at a time.
 */
final class ClientBody {
    private static final int LEAST_BYTES = 1024;

    private final ClientRequest request;
    private final Exchange exchange;
    private final Bounds bounds;
    private final Time time;
    private Content.Chunk chunk;
    private long size;
    private long waitsSince; // 0 while nothing waits for it
    private long waited;
    private int lately;

    ClientBody(ClientRequest request, Exchange exchange, Bounds bounds, Time time) {
        this.request = request;
        this.exchange = exchange;
        this.bounds = bounds;
        this.time = time;
    }

    /**
     * Reads what has arrived.
     *
     * @return the number of bytes; 0 if nothing has arrived, negative at the end
     * @throws BodyTooLarge if this was too much
     * @throws IOException if it can't be read, caused by a {@link TimeoutException} if it has stalled; or if it hasn't
     * the length that was announced, which Jetty checks for HTTP/1.1 only: the backend would take the start of the next
     * request for the rest of this one
     */
    int read(byte[] part) throws IOException {
        int count = next() ? take(part) : 0;
        if (waitsSince != 0) {
            endWait(count);
        }
        size += Math.max(0, count);
        if (size > request.route.config().maxBody()) {
            throw new BodyTooLarge(request.route.config().maxBody());
        }
        if (request.length >= 0 && (count < 0 ? size < request.length : size > request.length)) {
            throw new EOFException(size + " bytes instead of " + request.length);
        }
        return count;
    }

    /** Returns whether a part with bytes has arrived, or the end. */
    private boolean next() throws IOException {
        while (chunk == null || !chunk.hasRemaining() && !chunk.isLast()) {
            if (chunk != null) {
                chunk.release();
            }
            chunk = request.read();
            if (chunk == null) {
                return false;
            }
            if (Content.Chunk.isFailure(chunk)) {
                Throwable failure = chunk.getFailure();
                chunk = null;
                throw failure instanceof IOException io ? io : new IOException(failure);
            }
        }
        return true;
    }

    private int take(byte[] part) {
        return chunk.hasRemaining() ? chunk.get(part, 0, part.length) : -1;
    }

    private void endWait(int count) throws IOException {
        waited += time.nanos() - waitsSince;
        waitsSince = 0;
        exchange.bodyArrived();
        lately += Math.max(0, count);
        if (lately >= LEAST_BYTES) {
            waited = 0;
            lately = 0;
        } else if (count >= 0 && waited >= bounds.bodyTimeout().toNanos()) {
            throw new IOException(new TimeoutException(lately + " bytes in " + bounds.bodyTimeout()));
        }
    }

    /**
     * Asks for more. This makes Jetty answer {@code Expect: 100-continue}, so the client sends its body only once a
     * backend is there to take it.
     *
     * @param onArrival called when more has arrived, or has failed to; must not wait. Perhaps called at once
     */
    void await(Runnable onArrival) {
        waitsSince = exchange.waitForBody(bounds.bodyTimeout().toNanos() - waited);
        request.jetty.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, onArrival));
    }

    /** Ends the reading, well or not. */
    void end() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
        if (waitsSince != 0) {
            waitsSince = 0;
            exchange.bodyArrived(); // or its deadline would still end what is written to the client
        }
    }
}
