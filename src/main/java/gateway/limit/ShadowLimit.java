package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.util.concurrent.atomic.LongAdder;

/**
 * A limit to try out: it only counts which requests it would let through and refuse. It lives in this gateway's memory
 * alone, even where gateways share the limit that applies.
 */
public final class ShadowLimit {
    private final Rate rate;
    private final Room room;
    private final SlidingWindow window;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** @param maxClients how many clients to remember, at least 1 */
    public ShadowLimit(Rate rate, int maxClients, Time time) {
        this.rate = rate;
        this.room = new Room(maxClients, time);
        this.window = new SlidingWindow(rate, room, time);
    }

    LimitDecision take(ClientAddress client) {
        LimitDecision decision = window.take(client);
        (decision.allowed() ? allowed : refused).increment();
        return decision;
    }

    void giveBack(ClientAddress client, LimitDecision taken) {
        window.giveBack(client, taken);
    }

    void forgetIdle() {
        room.sweep();
    }

    /** Returns the rate that is being tried out. */
    public Rate rate() {
        return rate;
    }

    /** Returns how many requests it would have let through. */
    public long allowed() {
        return allowed.sum();
    }

    /** Returns how many requests it would have refused. */
    public long refused() {
        return refused.sum();
    }
}
