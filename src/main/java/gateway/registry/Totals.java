package gateway.registry;

import java.util.concurrent.atomic.LongAdder;

/**
 * The requests to all backends since the start, including backends that have left the list.
 *
 * @param requests how many requests were sent, retries included
 * @param answers what came of them
 */
public record Totals(LongAdder requests, AnswerCounts answers) {
    Totals() {
        this(new LongAdder(), new AnswerCounts());
    }
}
