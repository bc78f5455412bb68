package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.util.Time;
import java.util.concurrent.atomic.LongAdder;

/**
 * A limit to try out: decides on each request as if it held, and only counts what it would have let through and
 * refused. In this gateway's memory alone, also where gateways share the limit that holds.
 */
public final class ShadowLimit {
    private final Rate rate;
    private final SlidingWindow window;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** @param maxClients how many to remember, at least 1 */
    public ShadowLimit(Rate rate, int maxClients, Time time) {
        this.rate = rate;
        this.window = new SlidingWindow(rate, maxClients, time);
    }

    void take(ClientAddress client) {
        (window.take(client).allowed() ? allowed : refused).increment();
    }

    void forgetIdle() {
        window.forgetIdle();
    }

    /** What is tried out. */
    public Rate rate() {
        return rate;
    }

    /** Requests that it would have let through. */
    public long allowed() {
        return allowed.sum();
    }

    /** Requests that it would have refused. */
    public long refused() {
        return refused.sum();
    }
}
