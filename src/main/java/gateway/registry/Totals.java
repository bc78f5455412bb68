package gateway.registry;

import java.util.concurrent.atomic.LongAdder;

/**
 * The requests to all backends since the start, including backends that have left the list.
 *
 * @param requests how many requests were sent, retries included
 * @param failures how many requests got no complete answer
 */
public record Totals(LongAdder requests, LongAdder failures) {
    Totals() {
        this(new LongAdder(), new LongAdder());
    }
}
