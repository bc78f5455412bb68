package gateway.proxy;

import gateway.http.BodyTooLarge;
import gateway.server.ClientSide;
import gateway.settings.Bounds;
import gateway.util.Time;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;

/**
 * A request's body with its bounds: no larger than allowed, and no slower. It has stalled once the gateway has waited a
 * whole timeout for it and got fewer than {@value #LEAST_BYTES} bytes meanwhile: nothing at all, or a byte now and
 * then.
 *
 * <p>Bytes that have arrived already are read without a look at the clock.
 */
final class BoundedBody {
    private static final int LEAST_BYTES = 1024;

    private final InputStream in;
    private final Bounds bounds;
    private final Exchange exchange;
    private final ClientSide client;
    private final Time time;
    private long size;
    private long waited;
    private int lately;
    private long idleTimeout = -1;

    BoundedBody(ClientRequest request, Exchange exchange, Bounds bounds, Time time) throws IOException {
        this.in = request.servlet.getInputStream();
        this.client = request.client;
        this.exchange = exchange;
        this.bounds = bounds;
        this.time = time;
    }

    /**
     * Reads what has arrived, or waits for more; returns the number of bytes, negative at the end.
     *
     * @throws BodyTooLarge if this was too much
     * @throws IOException caused by a {@link TimeoutException} if it has stalled
     */
    int read(byte[] buffer) throws IOException {
        int count = in.available() > 0 ? in.read(buffer) : await(buffer);
        size += Math.max(0, count);
        if (size > bounds.body()) {
            throw new BodyTooLarge(bounds.body());
        }
        return count;
    }

    private int await(byte[] buffer) throws IOException {
        letJettyWait();
        long timeout = bounds.bodyTimeout().toNanos();
        long start = exchange.waitForClient(timeout - waited);
        int count = in.read(buffer);
        waited += time.nanos() - start;
        lately += Math.max(0, count);
        if (lately >= LEAST_BYTES) {
            waited = 0;
            lately = 0;
        } else if (count >= 0 && waited >= timeout) {
            throw new IOException(new TimeoutException(lately + " bytes in " + bounds.bodyTimeout()));
        }
        return count;
    }

    /**
     * Raises Jetty's timeout to the body's. Only when the gateway must wait: it costs more than reading what has
     * arrived.
     */
    private void letJettyWait() {
        long millis = bounds.bodyTimeout().toMillis();
        if (idleTimeout < 0 && client != null && client.getIdleTimeout() < millis) {
            idleTimeout = client.getIdleTimeout();
            client.setIdleTimeout(millis);
        }
    }

    /** Returns whether more has arrived already. */
    boolean hasMore() throws IOException {
        return in.available() > 0;
    }

    /** Ends the reading, well or not: gives back the timeout that the connection or stream had before. */
    void end() {
        if (idleTimeout >= 0) {
            client.setIdleTimeout(idleTimeout);
        }
    }
}
