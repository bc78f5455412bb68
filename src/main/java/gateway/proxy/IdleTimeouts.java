package gateway.proxy;

import gateway.util.Time;
import java.time.Duration;

/**
 * Ends attempts whose backend has been silent for too long, whose client has left, or lets its turn pass. One timer looks
 * at all of them now and then, instead of a timeout around each read, which costs 7 µs a request in OkHttp; a timeout is
 * noticed a {@link #PAUSE} late at most. Jetty has timeouts of its own, but anything that comes begins them anew, be it
 * the extension of a chunk or a frame that says nothing.
 */
public final class IdleTimeouts {
    /** How often {@link #tick} is to be called. */
    static final Duration PAUSE = Duration.ofMillis(50);

    private final UpstreamPool lanes;
    private final long timeout;
    private final Time time;

    /** @param timeout the longest silence of a backend */
    IdleTimeouts(UpstreamPool lanes, Duration timeout, Time time) {
        this.lanes = lanes;
        this.timeout = timeout.toNanos();
        this.time = time;
    }

    /** Cancels what has been silent for too long by now. */
    void tick() {
        long now = time.nanos();
        lanes.forEachAttempt(attempt -> {
            if (attempt.isSilentFor(timeout, now)) {
                attempt.cancel(Exchange.Cancelled.TIMED_OUT);
            } else if (attempt.isClientLate(now)) {
                attempt.clientIsLate();
            } else if (attempt.hasLostClient(now, PAUSE.toNanos())) {
                attempt.cancel(Exchange.Cancelled.CLIENT_GONE);
            }
        });
    }
}
