package gateway.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts refusals by kind: the slug of the problem that was answered or, for a connection that was closed without an
 * answer, a similar name. All names come from the code, none from a client, so there are few.
 */
public final class Refusals {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Counts a refusal. */
    public void count(String kind) {
        LongAdder count = counts.get(kind);
        if (count == null) { // computeIfAbsent alone would allocate its function each time
            count = counts.computeIfAbsent(kind, any -> new LongAdder());
        }
        count.increment();
    }

    /** Returns the counts since the start, by kind. */
    public Map<String, Long> counts() {
        Map<String, Long> seen = new TreeMap<>();
        counts.forEach((kind, count) -> seen.put(kind, count.sum()));
        return seen;
    }
}
