package gateway.registry;

import java.util.concurrent.atomic.LongAdder;

/**
 * What all backends have done since the start, those that have left the list included.
 *
 * @param requests sent, retries included
 * @param failures requests that got no whole answer
 */
public record Totals(LongAdder requests, LongAdder failures) {
    Totals() {
        this(new LongAdder(), new LongAdder());
    }
}
